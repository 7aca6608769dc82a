import type { ManagerName } from "../schema/options";
import type { definitionProperties, ServiceInputs } from "../schema/service";
import type { ServiceOutputs } from "../schema/serviceOutputs";

/** A type inferred by zod, without `undefined` values: an optional property has a value or is absent. */
type Exact<T> = T extends readonly (infer Element)[]
  ? Exact<Element>[]
  : T extends object
    ? { [Key in keyof T]: Exclude<Exact<T[Key]>, undefined> }
    : T;

export type { ManagerName };

type Inputs = Exact<ServiceInputs>;
type Outputs = Exact<ServiceOutputs>;

export type ManagerOptions = Required<Inputs>["options"];
export type SystemdOptions = Required<ManagerOptions>["systemd"];
export type NssmOptions = Required<ManagerOptions>["nssm"];
export type WindowsOptions = Required<ManagerOptions>["windows"];
export type InitScriptOptions = Required<ManagerOptions>["lsb"];
/** A directive's text as in a unit file, or a list for a directive that is given more than once. */
export type Directive = Required<SystemdOptions>["unit"][string];

export type StartMode = Outputs["startMode"];
export type RestartPolicy = Required<Required<Inputs>["restart"]>["policy"];
export type StopMode = Required<Required<Inputs>["stop"]>["mode"];

/**
 * The definition of a service: what its files say. Unset means the manager's own default.
 * {@link Live} has whether it runs, and whether it starts at boot.
 */
export interface Definition extends Pick<Inputs, (typeof definitionProperties)[number]> {
  /** The keys of `environment` whose values are secret. */
  secretEnvironment?: string[];
}

/** The marker in the definition on the host: who created it, and from what. */
export interface Marker {
  /** A random id that identifies the owner; also in the outputs. */
  ownerId: string;
  /** The resource's URN: for people, and to recognize an unfinished run of the same resource. */
  urn: string;
  /** Hash of the definition as rendered, without the marker. */
  definition: string;
  /** Hash of `triggers`, with a key if one of them is secret. */
  triggers: string;
  /**
   * The process (its `incarnation`) that ran when a change that needs a restart was written. The restart is pending while
   * that process runs. Times are not compared, because hosts and containers have several clocks, which differ.
   */
  outdated?: string;
  /** Hash of the account's password that was set last, with a key. */
  password?: string;
}

export type Status = Outputs["status"];

/** The state of a service's process. Pids are reused, so `incarnation` identifies the process. */
export interface RunState {
  status: Status;
  /** The reason for the status, if there is one: "exit code 203 (program not found)". */
  reason?: string;
  pid?: number;
  /** Changes with every start, even if the pid is the same. */
  incarnation?: string;
  /** Automatic restarts since the last explicit start. */
  restartCount: number;
  /** Seconds since boot when the main process started. */
  startedUptime?: number;
  /** The state is transient (starting, stopping), so read it again. */
  inTransit: boolean;
}

export type LiveFile = Outputs["files"][number];

/** Marks text from a file that not every user of the host may read. The mark is not part of the outputs. */
interface MaybeSecret {
  secret?: boolean;
}

export interface UnmappedLine extends MaybeSecret, Unmapped {}
export interface Observation extends MaybeSecret, Observed {}
type Unmapped = Outputs["unmapped"][number];
type Observed = Required<Outputs>["observed"][number];

/** The current state of a service on a host. */
export interface Live {
  installed: boolean;
  definition: Definition;
  /** The definition is in an unmanaged file that not every user of the host may read. */
  secret?: boolean;
  startMode: StartMode;
  /** The service is masked: systemd replaces its file with a link to /dev/null. */
  masked: boolean;
  /** The unit that this name is an alias of. It can't be adopted under this name. */
  aliasOf?: string;
  marker?: Marker;
  state: RunState;
  files: LiveFile[];
  unmapped: UnmappedLine[];
  /**
   * Set when the definition is a program (an init script, a job with `script`), which can't be read reliably without running
   * it. `definition` is empty then, and this has what could be read.
   */
  observed?: Observation[];
  /** Set with `observed`, for the manager only: evidence that the service runs. */
  evidence?: { programs: string[]; pidFiles: string[] };
  /** Links that start the service at boot, if they are files: kept with the files of an unmanaged service. */
  links?: string[];
  /**
   * Files of the administrator that override the definition (systemd: `/etc/systemd/system/NAME.service.d/*.conf`). For an
   * unmanaged service they are merged into the definition; for a managed one they are drift. In both cases the next write
   * replaces them, and they move to the kept files.
   */
  overrides: string[];
  /** Warnings for the user that are no drift. */
  warnings: string[];
}
