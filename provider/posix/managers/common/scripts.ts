import type { Found } from "../driver";

/** The line of our own init scripts that says which manager of ours wrote them; other people's are `lsb`. */
export const scriptManagerLine = (manager: "lsb" | "startStopDaemon") => `# pulumi-bots-manager: ${manager}`;
const SCRIPT_MANAGER = /^# pulumi-bots-manager: (\w+)$/m;

/** Whose script lies on a host; other people's are `lsb`, and those of OpenRC run there alone. */
export function managerOfScript({ fields, facts }: Found): "openrc" | "lsb" | "startStopDaemon" | undefined {
  const script = fields.get("script");
  if (script === undefined) return undefined;
  if (/^#!.*\b(openrc-run|runscript)\b/.test(script)) return facts.init === "openrc" ? "openrc" : undefined;
  return SCRIPT_MANAGER.exec(script)?.[1] === "startStopDaemon" ? "startStopDaemon" : "lsb";
}
