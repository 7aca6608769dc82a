import { SecretPaths, type Path, type Props, type Values } from "../../model/props";
import { Connections } from "../../provider/lifecycle/connections";
import type { Log } from "../../provider/lifecycle/lifecycle";
import { ServiceLifecycle } from "../../provider/lifecycle/service";
import { MANAGERS } from "../../provider/managers";
import type { ProviderConfig } from "../../schema/provider";

/** A service's lifecycle without a host: for check, diff and planned, which need none. */
export function lifecycle(config: ProviderConfig = {}) {
  const noHosts = {
    get: () => {
      throw new Error("this must not touch a host");
    },
  };
  const context = { connections: new Connections(config, noHosts), managers: MANAGERS };
  return new ServiceLifecycle(context);
}

export function props(values: Values, ...secrets: Path[]): Props {
  return { values, secrets: new SecretPaths(secrets) };
}

/** A log that keeps its messages. */
export function recordingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const say = (message: string) => void lines.push(message);
  return { lines, debug: say, info: say, warning: say, status: say };
}

export const urn = "urn:pulumi:dev::edi::bots:index:Service::web";

/** The smallest valid service. */
export const minimal = { connection: { host: "edi1" }, name: "web", command: ["/opt/web"] };

/** What Read returns for {@link minimal} while it runs. */
export const seen: Values = {
  name: "web",
  command: ["/opt/web"],
  startMode: "automatic",
  running: true,
  manager: "systemd",
  machineId: "m1",
  status: "running",
  pid: 7,
  restartCount: 0,
  files: [],
  unmapped: [],
  restartPending: false,
  logHint: "journalctl -u web.service -n 100",
  ownerId: "o1",
};
