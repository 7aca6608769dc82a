import type { Path } from "../../../model/props";
import type { Consequence } from "../manager";
import type { ScriptManagerName } from "./name";

const BY_PROPERTY: Readonly<Record<string, Consequence>> = {
  command: "restart",
  workingDirectory: "restart",
  umask: "restart",
  environment: "restart",
  runAs: "restart",
  logs: "restart",
  triggers: "restart",
  // A script is read anew with each call.
  displayName: "reload",
  description: "reload",
  secretEnvironment: "reload",
  stop: "reload",
  reload: "reload",
  // The order is in the links.
  requires: "enable",
  startMode: "enable",
};

/** What a change of a property asks for: a process keeps what it was started with, and whether somebody watches over it. */
export function consequence(manager: ScriptManagerName, path: Path): Consequence {
  const [property, part, option] = path;
  if (property === "restart") return part === "delaySeconds" || part === "maxAttempts" ? "reload" : "restart";
  if (property !== "options") return BY_PROPERTY[String(property)] ?? "none";
  if (part !== undefined && part !== manager) return "none";
  return option === undefined || option === "pidFile" ? "restart" : "enable";
}
