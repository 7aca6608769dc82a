import type { Definition, RunState, UnmappedLine } from "../../../model/service";
import type { Path } from "../../../model/props";
import type { ManagerRules } from "../../rules";
import type { WindowsFacts } from "../facts";
import type { Process, ServiceRecord } from "../reading/record";
import type { RegistryValue } from "../registry/values";

/** What a manager keeps of a definition, besides what the service control manager has of every service. */
export interface Rendering {
  /** The value ImagePath: a command line, with the program between quotes. */
  imagePath: string;
  /** Values of the keys below the service's key, by the path of the key. Each of these keys is replaced as a whole. */
  keys: ReadonlyMap<string, ReadonlyMap<string, RegistryValue>>;
}

/** A service manager of Windows: its rules, and how a definition becomes registry values and back. Pure. */
export interface Driver extends ManagerRules {
  /** Is the service one of this manager's? */
  claims(record: ServiceRecord): boolean;
  /** The property with the path of the manager's own program. */
  readonly programProperty: Path;
  /** The path of the manager's own program that a service of this manager has. */
  programOf(record: ServiceRecord): string | undefined;
  /** Where the manager's own program may be on a host; a path may begin with a variable, such as %ProgramData%. */
  readonly candidates: readonly string[];
  /** What to do when a host has no such program. */
  readonly missing: string;
  /** A warning about the manager's own program, by its size in bytes, on a host. */
  doubtful(size: number, facts: WindowsFacts): string | undefined;
  render(definition: Definition, program: string): Rendering;
  /** The part of the definition that {@link render} writes, and what is there besides. */
  parse(record: ServiceRecord): { definition: Definition; unmapped: UnmappedLine[] };
  /** What runs, and why not. */
  state(record: ServiceRecord): RunState;
  /** The processes of the service's program. */
  processes(record: ServiceRecord): Process[];
}
