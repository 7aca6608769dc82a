import type { HostFacts, Reading } from "../../../model/host";
import type { ManagerName } from "../../../model/service";
import type { Fragment } from "../shell/step";
import type { Driver } from "./driver";

/** Whose definition of a service lies on a host: `detect_manager` looks for the files of every manager. */
export const detection: Fragment = { name: "detection", script: 'detect_manager "$@"' };

/** The manager that has a service on a host, of what {@link detection} emitted; undefined when none has. */
export function detected({ fields, facts }: Pick<Reading, "fields" | "facts">): ManagerName | undefined {
  if (facts.init === "systemd" && fields.has("unit")) return "systemd";
  if (facts.init === "upstart" && fields.has("job")) return "upstart";
  const script = fields.get("script");
  if (script === undefined) return undefined;
  if (/^#!.*\b(openrc-run|runscript)\b/.test(script)) return facts.init === "openrc" ? "openrc" : undefined;
  return SCRIPT_MANAGER.exec(script)?.[1] === "startStopDaemon" ? "startStopDaemon" : "lsb";
}

/** The line of our own init scripts that says which manager of ours wrote them; other people's are `lsb`. */
export const scriptManagerLine = (manager: "lsb" | "startStopDaemon") => `# pulumi-bots-manager: ${manager}`;
const SCRIPT_MANAGER = /^# pulumi-bots-manager: (\w+)$/m;

/** The manager that a new service gets on a host: its own, as far as we can drive that, else init scripts. */
export function usualManager(managers: ReadonlyMap<string, Driver>, facts: HostFacts): Driver | undefined {
  const order: readonly ManagerName[] = ["systemd", "upstart", "openrc", "lsb"];
  return order.map((name) => managers.get(name)).find((manager) => manager?.unavailable(facts) === undefined);
}
