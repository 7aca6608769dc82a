import type { Path } from "../../../../model/props";
import type { ManagerName } from "../../../../model/service";
import type { Consequence } from "../../../manager";

/** A process keeps what it was started with; the rest is what a manager reads again when it is told to. */
const USUAL: Readonly<Record<string, Consequence>> = {
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

/** What a change of a property asks for with a manager: as usual, but for what it says of itself, and of its own options. */
export function consequences(
  manager: ManagerName,
  otherwise: Readonly<Record<string, Consequence>>,
  ofOption: (option: Path) => Consequence,
): (path: Path) => Consequence {
  const ofProperty = { ...USUAL, ...otherwise };
  return ([property, owner, ...option]) => {
    if (property !== "options") return ofProperty[String(property)] ?? "none";
    return owner === undefined || owner === manager ? ofOption(option) : "none";
  };
}
