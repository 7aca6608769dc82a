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
  displayName: "reload",
  description: "reload",
  // Which file a variable stands in, not what it is.
  secretEnvironment: "reload",
  restart: "reload",
  stop: "reload",
  reload: "reload",
  requires: "reload",
  startMode: "enable",
};

/** Directives of [Service] that are about the next start or stop, not about the process that runs. */
const ABOUT_LATER =
  /^(Restart|StartLimit|Timeout|Kill|FinalKillSignal$|SendSIG|ExecReload$|ExecStop|Success|SuccessExitStatus$)/;

/** What a change of a property asks for: a process keeps what it was started with, systemd's own part is read again. */
export function consequence(path: Path): Consequence {
  const [property, manager, section, directive] = path;
  if (property !== "options") return BY_PROPERTY[String(property)] ?? "none";
  if (manager !== undefined && manager !== "systemd") return "none";
  if (section === "install") return "enable";
  return section === "unit" || (directive && ABOUT_LATER.test(String(directive))) ? "reload" : "restart";
}
