import type { definitionProperties, ServiceInputs } from "../schema/service";
import type { ServiceOutputs } from "../schema/serviceOutputs";

/** What zod infers, with "may be missing" said in one way only: a property has a value, or it is not there. */
type Exact<T> = T extends readonly (infer Element)[]
  ? Exact<Element>[]
  : T extends object
    ? { [Key in keyof T]: Exclude<Exact<T[Key]>, undefined> }
    : T;

type Inputs = Exact<ServiceInputs>;
type Outputs = Exact<ServiceOutputs>;

/** The names of the service managers that have options of their own: all of them. */
export type ManagerName = keyof ManagerOptions;
export type ManagerOptions = Required<Inputs>["options"];
export type SystemdOptions = Required<ManagerOptions>["systemd"];
export type InitScriptOptions = Required<ManagerOptions>["lsb"];
/** A directive's text as it stands in a unit file, or several for a directive that is given more than once. */
export type Directive = Required<SystemdOptions>["unit"][string];

export type StartMode = Outputs["startMode"];
export type RestartPolicy = Required<Required<Inputs>["restart"]>["policy"];
export type StopMode = Required<Required<Inputs>["stop"]>["mode"];

/**
 * A service as a service manager knows it: what its files say. Unset means the manager's own default.
 * Whether it runs, and at boot, is {@link Live}.
 */
export interface Definition extends Pick<Inputs, (typeof definitionProperties)[number]> {
  /** The keys of `environment` whose values are secret. */
  secretEnvironment?: string[];
}

/** Written into the definition on the host: who made it, and of what. */
export interface Marker {
  /** Random, also in the outputs: whose service this is. */
  ownerId: string;
  /** The resource's URN: for people, and to know an unfinished run of our own again. */
  urn: string;
  /** Hash of the definition as rendered, without the marker. */
  definition: string;
  /** Hash of `triggers`. */
  triggers: string;
  /**
   * The run of the process (its `incarnation`) that was there when a change was written that wants a restart. As long as
   * that one runs, the restart is pending. No clock tells it: hosts and containers have several, and they differ.
   */
  outdated?: string;
}

export type Status = Outputs["status"];

/** A process, not just a number: a pid is used again, a pid with its start time is not. */
export interface RunState {
  status: Status;
  /** Why, in a few words, for states that want one: "exit code 203 (program not found)". */
  reason?: string;
  pid?: number;
  /** Changes with every start, also when the pid does not. */
  incarnation?: string;
  /** Automatic restarts since the last start by hand. */
  restartCount: number;
  /** Seconds since boot when the main process started. */
  startedUptime?: number;
  /** On the way to another state (starting, stopping): ask again. */
  inTransit: boolean;
}

export type LiveFile = Outputs["files"][number];

/** What may come from a file that not every user of the host may read. The mark never becomes part of the outputs. */
interface MaybeSecret {
  secret?: boolean;
}

export interface UnmappedLine extends MaybeSecret, Unmapped {}
export interface Observation extends MaybeSecret, Observed {}
type Unmapped = Outputs["unmapped"][number];
type Observed = Required<Outputs>["observed"][number];

/** A service as it is on a host now. */
export interface Live {
  installed: boolean;
  definition: Definition;
  /** The definition stands in a file that not every user of the host may read, and that is not ours. */
  secret?: boolean;
  startMode: StartMode;
  /** The file was replaced by a link to /dev/null (systemd), or the like. */
  masked: boolean;
  /** The unit that this name is only another name of. Foreign, and not to be adopted under this name. */
  aliasOf?: string;
  marker?: Marker;
  state: RunState;
  files: LiveFile[];
  unmapped: UnmappedLine[];
  /**
   * Set when the definition is a program (an init script, a job with `script`): it can only be run to be known. Then
   * `definition` is empty, and this has what could be read.
   */
  observed?: Observation[];
  /** With it, for the manager alone: what would show that the service runs. */
  evidence?: { programs: string[]; pidFiles: string[] };
  /** Links that start it at boot, where these are files of its own: kept with the files of a service that is not ours. */
  links?: string[];
  /**
   * Files that lie over the definition in the administrator's own place (systemd: `/etc/systemd/system/NAME.service.d/*.conf`).
   * Of a foreign service they are folded into the definition; over one of ours they are drift. Either way the next
   * write takes their place, and they go to the kept files.
   */
  overrides: string[];
  /** What a person should know although it is no drift. */
  warnings: string[];
}
