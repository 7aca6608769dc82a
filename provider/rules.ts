import type { Issue } from "../model/errors";
import type { Path } from "../model/props";
import type { Definition, ManagerName } from "../model/service";

/** What a change of one property does to the service, from most to least. */
export type Impact = "restart" | "reload" | "enable" | "none";

/** What a service manager supports, known without a host: check and diff need nothing else. */
export interface ManagerRules {
  readonly name: ManagerName;
  /** Why this manager does not accept the name; undefined when it does. */
  validateName(name: string): string | undefined;
  /** The properties of a definition that this manager does not support. */
  validate(definition: Definition): Issue[];
  /** The definition with the manager's own defaults filled in, where they are known. */
  defaults(definition: Definition): Definition;
  /** The impact of a change of the property at `path`. */
  impact(path: Path): Impact;
  /** Why the manager does not count a program that exited with code 0 as running, and what to do about it. */
  exitedWithZero(definition: Definition): string;
  /** The command that shows the log. */
  logHint(name: string, definition: Definition): string;
}
