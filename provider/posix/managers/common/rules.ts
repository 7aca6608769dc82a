import type { Issue } from "../../../../model/errors";
import type { Path } from "../../../../model/props";
import type { Definition, ManagerName } from "../../../../model/service";
import type { Impact, ManagerRules } from "../../../rules";

/** A process keeps what it was started with; the rest is what a manager reads again when it is told to. */
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
  // Which file a variable stands in, not what it is.
  secretEnvironment: "reload",
  restart: "reload",
  stop: "reload",
  reload: "reload",
  requires: "reload",
  startMode: "enable",
};

/** What a change of a property asks for with a manager: as usual, but for what it says of itself, and of its own options. */
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

/** Options of other managers than the one that is used: they would have no effect. */
export function optionsOfOthers(definition: Definition, own: ManagerName): Issue[] {
  return Object.entries(definition.options ?? {})
    .filter(([manager, options]) => manager !== own && options !== undefined)
    .map(([manager]) => ({ path: ["options", manager], message: `is for ${manager}, but the manager is ${own}` }));
}

/** What to say of a program that has ended with exit code 0; `way` is what the manager needs of one that daemonizes. */
export function exitedWithZero(way: string, unless = ""): string {
  return `the program exited with code 0${unless}. A program that daemonizes, or that does one thing and ends, ${way}`;
}

/** The same for a manager that watches over the process that it has started, and over no other. */
export const mustStayInForeground = (manager: ManagerName) => () =>
  exitedWithZero(`can't be watched by ${manager}: it must stay in the foreground`);

/** A manager's check of a name, and before it what is no name of a service anywhere: written for systemctl(1). */
export function namedByItself(check: ManagerRules["validateName"]): ManagerRules["validateName"] {
  return (name) => {
    if (name.endsWith(".service")) return 'must be given without ".service"';
    return name.endsWith("@") ? "must not be the name of a template" : check(name);
  };
}
