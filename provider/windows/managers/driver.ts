import type { Definition, RunState, UnmappedLine, WindowsOptions } from "../../../model/service";
import type { Path } from "../../../model/props";
import type { ManagerRules } from "../../rules";
import type { WindowsFacts } from "../facts";
import type { Process, ServiceRecord } from "../reading/record";
import type { RegistryValue } from "../registry/values";

/** What a manager keeps of a definition, besides what the service control manager has of every service. */
export interface Rendering {
  /** The value ImagePath: a command line, with the program between quotes. */
  imagePath: string;
  /** Variables that the service control manager adds to those of the host (the value `Environment`). */
  environment?: Readonly<Record<string, string>> | undefined;
  /** What the service control manager is told besides. Default: `options.windows` of the definition. */
  options?: WindowsOptions;
  /** Values of the keys below the service's key, by the path of the key. Each of these keys is replaced as a whole. */
  keys: ReadonlyMap<string, ReadonlyMap<string, RegistryValue>>;
}

/** The program that is the Windows service, and that runs the program of the definition. */
export interface Wrapper {
  /** The property with its path. */
  readonly property: Path;
  /** The path that a service of this manager has. */
  of(record: ServiceRecord): string | undefined;
  /** Where it may be on a host; a path may begin with a variable, such as %ProgramData%. */
  readonly candidates: readonly string[];
  /** Which property gives a file to upload when a host has no such program, and its name there. */
  readonly upload?: { property: Path; name: string };
  /** What to do when a host has no such program. */
  readonly missing: string;
  /** A warning about it, by its size in bytes, on a host. */
  doubtful(size: number, facts: WindowsFacts): string | undefined;
}

/** A service manager of Windows: its rules, and how a definition becomes registry values and back. Pure. */
export interface Driver extends ManagerRules {
  /** Is the service one of this manager's, if it has no marker that says so? */
  claims(record: ServiceRecord): boolean;
  /** Missing when the program itself is the Windows service. */
  readonly wrapper?: Wrapper;
  /** `wrapper`: the path of the wrapper on the host; empty when the manager has none. */
  render(definition: Definition, wrapper: string): Rendering;
  /** The definition, and what is there besides. Undefined when it can't be told from the registry. */
  parse(record: ServiceRecord): { definition: Definition; unmapped: UnmappedLine[]; warnings?: string[] } | undefined;
  /** What runs, and why not. */
  state(record: ServiceRecord): RunState;
  /** The processes of the service's program. */
  processes(record: ServiceRecord): Process[];
}
