import type { Path } from "../../../model/props";
import type { Consequence } from "../manager";

/** Upstart keeps what a job was started with until it is stopped; these are looked at elsewhere, or later. */
const BY_PROPERTY: Readonly<Record<string, Consequence>> = {
  displayName: "none",
  description: "none",
  // Which file a variable stands in, not what it is.
  secretEnvironment: "reload",
  // Counts at the next boot.
  requires: "reload",
  // Looked up at the stop, by our own script.
  stop: "reload",
  // The signal is sent by us.
  reload: "reload",
  startMode: "enable",
};

const BY_OPTION: Readonly<Record<string, Consequence>> = { author: "none", startOn: "reload" };

const RESTARTS = ["command", "workingDirectory", "umask", "environment", "runAs", "restart", "logs", "triggers"];

/** What a change of a property asks for: nearly all of a job is fixed from its start to its stop. */
export function consequence([property, manager, option]: Path): Consequence {
  if (property !== "options")
    return RESTARTS.includes(String(property)) ? "restart" : (BY_PROPERTY[String(property)] ?? "none");
  if (manager !== undefined && manager !== "upstart") return "none";
  return BY_OPTION[String(option)] ?? "restart";
}
