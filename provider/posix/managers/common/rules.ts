import type { Issue } from "../../../../model/errors";
import type { Path } from "../../../../model/props";
import type { Definition, ManagerName } from "../../../../model/service";
import type { Impact, ManagerRules } from "../../../rules";

/** A process keeps the settings that it was started with. The manager reads all others when it reloads. */
const USUAL: Readonly<Record<string, Impact>> = {
  command: "restart",
  workingDirectory: "restart",
  umask: "restart",
  environment: "restart",
  runAs: "restart",
  logs: "restart",
  triggers: "restart",
  displayName: "reload",
  description: "reload",
  // Says which file holds a variable, not its value.
  secretEnvironment: "reload",
  restart: "reload",
  stop: "reload",
  reload: "reload",
  requires: "reload",
  startMode: "enable",
};

/** The impact of a change under a manager: the common rules, overridden by those of the manager and its options. */
export function impacts(
  manager: ManagerName,
  otherwise: Readonly<Record<string, Impact>>,
  ofOption: (option: Path) => Impact,
): ManagerRules["impact"] {
  const ofProperty = { ...USUAL, ...otherwise };
  return ([property, owner, ...option]) => {
    if (property !== "options") return ofProperty[String(property)] ?? "none";
    return owner === undefined || owner === manager ? ofOption(option) : "none";
  };
}

/** Errors for options of another manager, which would have no effect. */
export function optionsOfOthers(definition: Definition, own: ManagerName): Issue[] {
  return Object.entries(definition.options ?? {})
    .filter(([manager, options]) => manager !== own && options !== undefined)
    .map(([manager]) => ({ path: ["options", manager], message: `is for ${manager}, but the manager is ${own}` }));
}

/** The message for a program that exited with code 0. `way` says what the manager requires of a program that daemonizes. */
export function exitedWithZero(way: string, unless = ""): string {
  return `the program exited with code 0${unless}. A program that daemonizes, or that does one thing and ends, ${way}`;
}

/** The same for a manager that supervises only the process that it has started. */
export const mustStayInForeground = (manager: ManagerName) => () =>
  exitedWithZero(`can't be watched by ${manager}: it must stay in the foreground`);

/** A manager's check of a name, preceded by a check for names that only systemctl(1) understands. */
export function namedByItself(check: ManagerRules["validateName"]): ManagerRules["validateName"] {
  return (name) => {
    if (name.endsWith(".service")) return 'must be given without ".service"';
    return name.endsWith("@") ? "must not be the name of a template" : check(name);
  };
}
