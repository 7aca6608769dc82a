import type { Issue } from "../model/errors";
import type { Platform } from "../model/hostPath";
import type { Path } from "../model/props";
import type { Definition, ManagerName, StartMode } from "../model/service";

/** What a change of one property does to the service, from most to least. */
export type Impact = "restart" | "reload" | "enable" | "none";

/** What a service manager supports, known without a host: check and diff need nothing else. */
export interface ManagerRules {
  readonly name: ManagerName;
  readonly platform: Platform;
  /** The start modes that this manager can set. */
  readonly startModes: readonly StartMode[];
  /** What the definition and a start mode that the manager can set do not allow together. */
  validateStartMode?(mode: StartMode, definition: Definition): Issue[];
  /** Why this manager does not accept the name; undefined when it does. */
  validateName(name: string): string | undefined;
  /** The properties of a definition that this manager does not support. The name is missing when it is not known yet. */
  validate(definition: Definition, name?: string): Issue[];
  /** The definition with the manager's own defaults filled in, where they are known. */
  defaults(definition: Definition): Definition;
  /** The impact of a change of the property at `path`. */
  impact(path: Path): Impact;
  /** Why the manager does not count a program that exited with code 0 as running, and what to do about it. */
  exitedWithZero(definition: Definition): string;
  /** The command that shows the log. */
  logHint(name: string, definition: Definition): string;
}

/** Why a manager can't set a start mode; undefined when it can. */
export function startModeProblem({ startModes }: ManagerRules, mode: StartMode): string | undefined {
  if (startModes.includes(mode)) return undefined;
  const masked = mode === "disabled" ? "; a masked unit of systemd is read as disabled" : "";
  return `must be ${startModes.join(" or ")}: only Windows has ${mode}${masked}`;
}

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
    // A process has logged on already.
    if (property === "runAs" && owner === "password") return "reload";
    if (property !== "options") return ofProperty[String(property)] ?? "none";
    if (owner === "windows") return option[0] === "serviceSid" ? "restart" : "reload";
    return owner === undefined || owner === manager ? ofOption(option) : "none";
  };
}

/** Errors for options of another manager, or of another platform, which would have no effect. */
export function optionsOfOthers(definition: Definition, own: ManagerName, platform: Platform = "posix"): Issue[] {
  return Object.entries(definition.options ?? {})
    .filter(([owner, options]) => owner !== own && owner !== platform && options !== undefined)
    .map(([owner]) => ({
      path: ["options", owner],
      message: `is for ${owner === "windows" ? "Windows" : owner}, but the manager is ${own}`,
    }));
}

/** The message for a program that exited with code 0. `way` says what the manager requires of a program that daemonizes. */
export function exitedWithZero(way: string, unless = ""): string {
  return `the program exited with code 0${unless}. A program that daemonizes, or that does one thing and ends, ${way}`;
}

/** The same for a manager that supervises only the process that it has started. */
export const mustStayInForeground = (manager: ManagerName) => () =>
  exitedWithZero(`can't be watched by ${manager}: it must stay in the foreground`);
