import type { LabHost } from "../../../lab";
import type { Definition, Live } from "../../../model/service";
import type { Change } from "../../../provider/posix/managers/driver";
import { openrc } from "../../../provider/posix/managers/openrc";
import { managerOnHost, type Outcome } from "../../support/managerOnHost";
import { facts } from "../../support/openrcScripts";
import { labHost } from "../../support/hosts";
import { marker } from "../../support/definitions";

/** An OpenRC host for all tests of a block. */
export function openrcHost() {
  let host: LabHost;

  beforeAll(async () => {
    host = await labHost({ kind: "openrc" });
  });

  afterAll(() => host?.stop());

  const { run } = managerOnHost({ manager: openrc, host: () => host, facts: () => facts, marker });

  async function readAll(...names: string[]): Promise<Live[]> {
    const { fields, failed, stderr } = await run([openrc.fragment], names);
    if (failed !== undefined || stderr !== "") throw new Error(stderr);
    return names.map((name) => {
      const own = [...fields].filter(([key]) => key.startsWith(`${name}/`));
      return openrc.parse(name, {
        fields: new Map(own.map(([k, v]) => [k.slice(name.length + 1), v])),
        shared: new Map(),
      });
    });
  }
  const read = async (name: string) => (await readAll(name))[0]!;

  async function apply(name: string, definition: Definition | undefined, change: Partial<Change>): Promise<Outcome> {
    const live = await read(name);
    const files = definition ? openrc.render(name, definition, marker, facts) : [];
    const verify = definition ? openrc.verify(name, files, facts) : [];
    const remove = live.overrides;
    const write = definition ? { write: { files, remove } } : {};
    return run([...verify, ...openrc.steps({ name, action: "none", ...write, ...change }, live, facts)]);
  }

  const remove = async (name: string) => run(openrc.removal(name, await read(name), facts));

  /** Looks until it is so: some things take OpenRC a moment. */
  async function until(name: string, so: (live: Live) => boolean): Promise<Live> {
    for (let tries = 0; ; tries++) {
      const live = await read(name);
      if (so(live) || tries > 40) return live;
      await host.run("sleep 0.25");
    }
  }

  /** How many `sleep`s of so many seconds run, whoever started them. */
  const copies = async (seconds: number) => {
    const { stdout } = await host.run("for p in $(pidof sleep); do tr '\\0' ' ' </proc/$p/cmdline; echo; done");
    return stdout.split("\n").filter((line) => line.trim().endsWith(`sleep ${seconds}`)).length;
  };

  const sleeper: Definition = { command: ["/bin/sleep", "1000"] };
  const always = { policy: "always", delaySeconds: 1, maxAttempts: 3 } as const;
  const modes: [string, Definition][] = [
    ["supervise-daemon", { ...sleeper, restart: always }],
    ["start-stop-daemon", { ...sleeper, restart: { policy: "never" } }],
  ];

  return {
    run,
    readAll,
    read,
    apply,
    remove,
    until,
    copies,
    sleeper,
    always,
    modes,
    get host() {
      return host;
    },
  };
}
