import type { Values } from "../../../../model/props";
import { outcome } from "../../../support/daemon";
import { at, everywhere, momentsOf, type Moment } from "../../../support/moments";
import type { Cases } from "../support/cases";
import type { ManagerName } from "../../../../model/service";
import { mortalProvider } from "../support/mortal";
import type { Mode } from "../support/probe";
import { secret } from "../support/resource";
import type { Service, World } from "../support/world";

type Program = Values & { mode?: Mode; arguments?: string[] };

/** An operation, what it starts from, and how it ends when nothing comes between. */
interface Scenario {
  name: string;
  before?: Program;
  /** Nothing: a delete. */
  to?: Program;
  fails?: RegExp;
  /** The argument that says which definition it is that runs in the end. */
  after?: string;
}

const v1 = { arguments: ["v1"], environment: { TOKEN: "sesame" }, settleSeconds: 0 };
const v2 = { ...v1, arguments: ["v2"] };
const broken = { ...v2, mode: "breaks" as const, settleSeconds: 1, restart: { policy: "never" } };
const rolledBack = { fails: /Rolled back: the previous definition runs again/, after: "v1" };

/** With all blocks that there are: those that put it there, those that take it back, and those that remove it. */
const staying: Scenario[] = [
  { name: "update to what does not come up", before: v1, to: broken, ...rolledBack },
  { name: "delete", before: v1 },
];

/** With less of the same blocks, and other ends. */
const more: Scenario[] = [
  { name: "create", to: v1, after: "v1" },
  { name: "update", before: v1, to: v2, after: "v2" },
];

const moving = (other: ManagerName): Scenario[] => [
  { name: `move to ${other}, where it does not come up`, before: v1, to: { ...broken, manager: other }, ...rolledBack },
];

/** With less of the same blocks, as above: between two managers of which one runs a program and the other reads data. */
const moreMoving = (other: ManagerName): Scenario[] => [
  { name: `move from ${other}`, before: { ...v1, manager: other }, to: v2, after: "v2" },
  { name: `move to ${other}`, before: v1, to: { ...v2, manager: other }, after: "v2" },
];

/** How many cases are under way at a time: most of the time each of them waits. */
const AT_A_TIME = 8;

export const faults: Cases = {
  name: "the provider killed in each block of an operation, and the next run makes it right:",
  alone: ({ neighbours, ownChanges, leads, kind }, test) => {
    [
      ...(leads ? more : []),
      ...(ownChanges ? [] : staying),
      ...(kind === "systemd" ? neighbours.flatMap(moreMoving) : []),
      ...neighbours.flatMap(moving),
    ].forEach((scenario, i) => {
      test(scenario.name, (world) => inEachBlock(world, scenario, `fault-${i}`));
    });
  },
};

async function inEachBlock(world: World, { before, to, fails, after }: Scenario, slug: string): Promise<void> {
  const up = (web: Service, program: Program) => web.up(web.program(program, ...secret("TOKEN")));
  const run = (web: Service) => (to === undefined ? web.destroy() : up(web, to));
  const make = async (name: string): Promise<Service> => {
    const web = world.service(name);
    if (before) await up(web, before);
    return web;
  };
  /** Runs it to its end; "right" when it ended as it should, and all on the host is as it should be. */
  const attempt = async (web: Service): Promise<string> => {
    const ended = await outcome(run(web));
    if (fails ? !fails.test(ended) : ended !== "done") return ended;
    const pids = await web.probe.pids();
    if (after === undefined) return pids.length === 0 ? "right" : `processes: ${pids.join(" ")}`;
    const found = await web.refresh();
    const [words, startMode] = [(await web.probe.started()).arguments, web.outputs["startMode"]];
    const right = found.length === 0 && pids.length === 1 && words[2] === after && startMode === "automatic";
    return right ? "right" : JSON.stringify({ found, pids, words, startMode });
  };

  const living = await mortalProvider(world);
  const made = await make(`${slug}-good`);
  const first = living.service(made.name);
  first.state = made.state;
  const moments = await momentsOf(first.onStep, async () => expect(await attempt(first)).toBe("right"));
  living.die();
  const wanted = await traces(first);

  await everywhere(moments, AT_A_TIME, async (moment: Moment) => {
    const web = await make(`${slug}-${moments.indexOf(moment)}`);
    const provider = await mortalProvider(world);
    const doomed = provider.service(web.name);
    doomed.state = web.state;
    const fault = at(moment, doomed.onStep, () => provider.die());
    await Promise.race([outcome(run(doomed)), provider.dead]);
    provider.die();
    if (!fault.came) return "never came there";
    const ended = await attempt(web);
    const there = await traces(web);
    if (ended !== "right" || there === wanted) return ended;
    return `left on the host:\n${there}\nbut without a fault:\n${wanted}`;
  });
}

/** Every file of the host that bears its name, or that of a temporary file. */
async function traces({ world, name }: Service): Promise<string> {
  const found = await world.shell(
    `find /etc /run /var/lib /var/log /tmp -xdev '(' -name '*${name}' -o -name '*${name}[.-]*' ')' ! -path '/run/systemd/*' | sort`,
  );
  return found.replaceAll(name, "NAME");
}
