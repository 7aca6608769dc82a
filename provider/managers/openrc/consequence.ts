import type { Path } from "../../../model/props";
import type { Consequence } from "../manager";

const BY_PROPERTY: Readonly<Record<string, Consequence>> = {
  command: "restart",
  workingDirectory: "restart",
  umask: "restart",
  environment: "restart",
  runAs: "restart",
  logs: "restart",
  triggers: "restart",
  // A supervisor keeps what it was started with.
  restart: "restart",
  displayName: "reload",
  description: "reload",
  secretEnvironment: "reload",
  // Read by the script when it stops or reloads.
  stop: "reload",
  reload: "reload",
  requires: "reload",
  startMode: "enable",
};

/** What a change of a property asks for. */
export function consequence([property, manager, option]: Path): Consequence {
  if (property !== "options") return BY_PROPERTY[String(property)] ?? "none";
  if (manager !== undefined && manager !== "openrc") return "none";
  return option === undefined || option === "runlevel" ? "enable" : "reload";
}
