import type { Found } from "../driver";

/** The line in our own init scripts that names the manager. Scripts of other people belong to `lsb`. */
export const scriptManagerLine = (manager: "lsb" | "startStopDaemon") => `# pulumi-bots-manager: ${manager}`;
const SCRIPT_MANAGER = /^# pulumi-bots-manager: (\w+)$/m;

/** The manager that a script on a host belongs to. Scripts of other people belong to `lsb`; OpenRC's run only under OpenRC. */
export function managerOfScript({ fields, facts }: Found): "openrc" | "lsb" | "startStopDaemon" | undefined {
  const script = fields.get("script");
  if (script === undefined) return undefined;
  if (/^#!.*\b(openrc-run|runscript)\b/.test(script)) return facts.init === "openrc" ? "openrc" : undefined;
  return SCRIPT_MANAGER.exec(script)?.[1] === "startStopDaemon" ? "startStopDaemon" : "lsb";
}
