import type { LabHost } from "../../../lab";
import type { Definition } from "../../../model/service";
import type { HostFacts } from "../../../provider/posix/facts";
import { systemd } from "../../../provider/posix/managers/systemd";
import { managerOnHost } from "../../support/managerOnHost";
import { labHost } from "../../support/hosts";
import { marker } from "../../support/definitions";

/** A systemd host for all tests of a block. */
export function systemdHost() {
  let host: LabHost;
  let facts: HostFacts;

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    const { stdout } = await host.run("systemctl --version");
    facts = {
      ...{ machineId: host.machineId, hostName: host.name, uptime: 1, init: "systemd", uid: 0 },
      ...{
        initText: "systemd 252",
        upstartVersion: "",
        startStopDaemon: "dpkg",
        systemdVersion: Number(/\d+/.exec(stdout)?.[0]),
        tools: new Set(["systemd-analyze"]),
      },
    };
  });

  afterAll(() => host?.stop());

  const { run, readAll, read, apply } = managerOnHost({
    manager: systemd,
    host: () => host,
    facts: () => facts,
    marker,
  });

  const sleeper: Definition = { command: ["/bin/sleep", "1000"] };

  return {
    run,
    readAll,
    read,
    apply,
    sleeper,
    get host() {
      return host;
    },
    get facts() {
      return facts;
    },
  };
}
