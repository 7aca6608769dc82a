import type { HostKind, LabHost } from "../../../lab";
import type { HostFacts } from "../../../provider/posix/facts";
import type { Definition } from "../../../model/service";
import { facts as anyFacts, MANAGERS, type ScriptManager } from "../../support/initScripts";
import { managerOnHost } from "../../support/managerOnHost";
import { describeWith } from "../../support/requirements";
import { labHost } from "../../support/hosts";
import { marker } from "../../support/definitions";

const where = [
  ["lsb", "sysvinit"],
  ["startStopDaemon", "sysvinit"],
  ["lsb", "systemd"],
  ["lsb", "openrc"],
] as const satisfies [ScriptManager, HostKind][];

/** Tests with each manager and init that runs init scripts, on one host for each init. */
export function onEachInit(title: string, tests: (lab: ReturnType<typeof initScriptsOn>) => void): void {
  describeWith(["lab"], title, () => {
    const hosts = new Map<string, LabHost>();
    beforeAll(async () => {
      for (const kind of ["sysvinit", "systemd", "openrc"] as const) hosts.set(kind, await labHost({ kind }));
    });
    afterAll(async () => {
      for (const host of hosts.values()) await host.stop();
    });

    describe.each(where)("%s with %s", (managerName, init) => {
      tests(initScriptsOn(managerName, init, () => hosts.get(init)!));
    });
  });
}

function initScriptsOn(managerName: ScriptManager, init: (typeof where)[number][1], hostOf: () => LabHost) {
  const manager = MANAGERS[managerName];
  let host: LabHost;
  let facts: HostFacts;

  beforeAll(() => {
    host = hostOf();
    facts = { ...anyFacts, init, initText: init };
  });

  const { run, readAll, read, apply, remove } = managerOnHost({
    manager,
    host: () => host,
    facts: () => facts,
    marker,
  });
  const script = (name: string, action: string) => host.run(`/etc/init.d/${name} ${action}`);
  const sleeper: Definition = { command: ["/bin/sleep", "1000"] };

  /** Looks until it is so; some things take their time. */
  async function until<T>(look: () => Promise<T>, right: (value: T) => boolean): Promise<T> {
    for (let i = 0; ; i++) {
      const value = await look();
      if (right(value) || i > 100) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What is the same with every init. */
  const onSysvinit = init === "sysvinit" ? test : () => {};

  return {
    manager,
    init,
    run,
    readAll,
    read,
    apply,
    remove,
    script,
    sleeper,
    until,
    onSysvinit,
    get host() {
      return host;
    },
    get facts() {
      return facts;
    },
  };
}
