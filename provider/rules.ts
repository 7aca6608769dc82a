import type { Issue } from "../model/errors";
import type { Path } from "../model/props";
import type { Definition, ManagerName } from "../model/service";

/** What a change of one property asks of the service, from most to least. */
export type Impact = "restart" | "reload" | "enable" | "none";

/** What a service manager can do, knowable without a host: check and diff ask nothing else. */
export interface ManagerRules {
  readonly name: ManagerName;
  /** Why this is no name for a service of this manager; undefined when it is one. */
  validateName(name: string): string | undefined;
  /** What this manager can't do of a definition, property by property. */
  validate(definition: Definition): Issue[];
  /** The definition with everything that can be said of the manager's own defaults filled in. */
  defaults(definition: Definition): Definition;
  /** What a change of the property at `path` asks for. */
  impact(path: Path): Impact;
  /** Why the manager does not count a program as up that has ended with exit code 0, and what to do about it. */
  exitedWithZero(definition: Definition): string;
  /** The command that shows a person the log. */
  logHint(name: string, definition: Definition): string;
}
