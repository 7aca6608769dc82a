import type { LabHost } from "../../lab";
import { Daemon, installDaemon, onStep, outcome, nothingLeft, type Version } from "../support/daemon";
import { at, everywhere, momentsOf, type Moment, type Telling } from "../support/moments";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { Plugin } from "../wire/plugin";
import { labHost } from "../support/hosts";

type Made = Awaited<ReturnType<Plugin["create"]>>;

/** An operation, what it starts from, and how it ends when nothing comes between. */
interface Scenario {
  before?: Version;
  run(plugin: Plugin, daemon: Daemon, made: Made): Promise<unknown>;
  fails?: RegExp;
  after?: Version;
}

const create: Scenario = {
  run: (plugin, daemon) => plugin.create(daemon.urn, daemon.inputs("v1")),
  after: "v1",
};
const update: Scenario = {
  before: "v1",
  run: (plugin, daemon, made) => plugin.update(made, daemon.inputs("v2")),
  after: "v2",
};
const brokenUpdate: Scenario = {
  before: "v1",
  run: (plugin, daemon, made) => plugin.update(made, daemon.inputs("broken", { settleSeconds: 2 })),
  fails: /did not stay up.*exit code 3.*Rolled back: the previous definition runs again/s,
  after: "v1",
};
const remove: Scenario = {
  before: "v1",
  run: (plugin, daemon, made) => plugin.delete({ ...made, inputs: daemon.inputs("v1") }),
};
const scenarios: [string, Scenario][] = [
  ["create", create],
  ["update", update],
  ["update to a broken definition", brokenUpdate],
  ["delete", remove],
];

/** How many cases are under way at a time: most of the time each of them waits. */
const AT_A_TIME = 8;

describeWith(["lab"], "a fault at every step", () => {
  let host: LabHost;
  /** Makes what the cases start from, and does what is to work. */
  let good: Plugin;
  /** Loses its connections. */
  let unlucky: Plugin;
  let count = 100;
  const moments = new Map<Scenario, Promise<Moment[]>>();

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    await installDaemon(host);
    good = await Plugin.start();
    unlucky = await Plugin.start();
  });
  afterAll(async () => {
    await good?.stop();
    await unlucky?.stop();
    await host?.stop();
  });
  afterEach(() => nothingLeft(host));

  async function start({ before }: Scenario): Promise<{ daemon: Daemon; made: Made }> {
    const daemon = new Daemon(host, `web-${count++}`);
    return { daemon, made: (before && (await daemon.make(good, before))) as Made };
  }

  /** Runs it to its end; "right" when it ended as it should, and all on the host is as it should be. */
  async function attempt(scenario: Scenario, plugin: Plugin, daemon: Daemon, made: Made): Promise<string> {
    const ended = await outcome(scenario.run(plugin, daemon, made));
    const there = await daemon.there();
    const wanted = scenario.after ? daemon.running(scenario.after) : daemon.gone;
    const wrong = Object.entries(wanted).filter(([key, value]) => there[key] !== value);
    if (wrong.length > 0) return `${ended}; ${wrong.map(([key]) => `${key}: ${there[key]}`).join("; ")}`;
    return (scenario.fails ? scenario.fails.test(ended) : ended === "done") ? "right" : ended;
  }

  /** Tries the moments of an operation: all of them, or those that are picked. */
  async function atEach(
    scenario: Scenario,
    attemptAt: (moment: Moment) => Promise<string>,
    pick: (all: Moment[]) => Moment[] = (all) => all,
  ): Promise<void> {
    const discover = async () => {
      const { daemon, made } = await start(scenario);
      return momentsOf(telling(good, daemon), async () =>
        expect(await attempt(scenario, good, daemon, made)).toBe("right"),
      );
    };
    if (!moments.has(scenario)) moments.set(scenario, discover());
    await everywhere(pick((await moments.get(scenario))!), AT_A_TIME, attemptAt);
  }

  // The cases of test/lab/lifecycle kill it at each step, without a process of its own.
  const middle = (all: Moment[]) => [all[Math.floor(all.length / 2)]!];
  test.each(scenarios)(
    "%s, the process of the plugin killed in the middle: the next run makes it right",
    (_, scenario) =>
      atEach(
        scenario,
        async (moment) => {
          const { daemon, made } = await start(scenario);
          const plugin = await Plugin.start();
          const fault = at(moment, telling(plugin, daemon), () => plugin.process.kill("SIGKILL"));
          const ended = await outcome(scenario.run(plugin, daemon, made));
          await plugin.stop();
          return fault.came ? attempt(scenario, good, daemon, made) : `never came there: ${ended}`;
        },
        middle,
      ),
  );

  test.each(scenarios)("%s, the connection cut: the plugin connects again and makes it right", (_, scenario) =>
    atEach(scenario, async (moment) => {
      const { daemon, made } = await start(scenario);
      const relay = await startRelay(host);
      const fault = at(moment, telling(unlucky, daemon), () => relay.cut());
      const ended = await attempt(scenario, unlucky, daemon.by({ port: relay.port }), made);
      await relay.close();
      return fault.came ? ended : `never came there: ${ended}`;
    }),
  );

  // To the host it is as if the plugin was killed. What it says of it depends on how far it came.
  const ends = (all: Moment[]) => [all[0]!, ...middle(all), all.at(-1)!];
  const withoutRollback = scenarios.filter(([, { fails }]) => fails === undefined);
  test.each(withoutRollback)(
    "%s, the connection cut for good: an error, and the next run makes it right",
    (_, scenario) =>
      atEach(
        scenario,
        async (moment) => {
          const { daemon, made } = await start(scenario);
          const relay = await startRelay(host);
          const way = { port: relay.port, connectTimeoutSeconds: 1 };
          const fault = at(moment, telling(unlucky, daemon), () => void relay.close());
          const ended = await outcome(scenario.run(unlucky, daemon.by(way), made));
          if (!fault.came) return `never came there: ${ended}`;
          if (ended === "done" && !moment.last) return "said that it was done";
          return attempt(scenario, good, daemon, made);
        },
        ends,
      ),
  );
});

/** What a plugin tells of its work on a daemon. */
function telling(plugin: Plugin, daemon: Daemon): Telling {
  return (told) => onStep(plugin, daemon, told);
}
