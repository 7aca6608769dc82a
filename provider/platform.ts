import type { Issue } from "../model/errors";
import type { Definition, Live, ManagerName, Marker, RunState, StartMode } from "../model/service";
import type { Ready } from "../schema/ready";

/** Facts about a host, read in the same round trip as everything else. */
export interface Facts {
  /** A different id under the same host name means that the machine was rebuilt or replaced. */
  readonly machineId: string;
  /** Seconds since boot at the time of reading. */
  readonly uptime: number;
  /** Name and version of the host's service manager, for errors: "systemd 252". */
  readonly initText: string;
}

/** Something at a path (or registry key) of the service that can't be read or replaced as the file (or key) expected there. */
export interface Obstacle {
  path: string;
  /** What it is, for errors: "a folder". */
  what: string;
}

/** The state of a service on a host. */
export interface Survey {
  readonly facts: Facts;
  /** The manager for a new service; undefined when the host has no supported one. */
  readonly usual: ManagerName | undefined;
  /** The manager that defines a service of this name; undefined also when the inquiry was about one manager only. */
  readonly claimedBy: ManagerName | undefined;
  /** Why a manager can't be used on the host; undefined when it can. */
  unavailable(manager: ManagerName): string | undefined;
  /** The service under a manager of the host. Throws HostError when it can't be read. */
  live(manager: ManagerName): Live;
  /** The probe's result, if the inquiry had a probe. */
  readonly readiness?: Readiness | undefined;
}

/** What an operation reads under the lock, before it changes anything. */
export interface FullSurvey extends Survey {
  /** Set when an earlier change did not settle: the manager whose files are in the backup, if known. */
  readonly unfinished: { manager: ManagerName | undefined } | undefined;
  obstacles(managers: readonly ManagerName[]): Obstacle[];
  /** Do two managers keep the definition of this service in the same file? */
  isSamePlace(one: ManagerName, other: ManagerName): boolean;
}

/** Checks whether a service is ready. */
export interface Probe {
  ready: Ready;
  /** Whose listener counts: the processes of this definition or, for an existing service, those of the process that was seen. */
  of: { definition: Definition } | { process: Pick<RunState, "pid" | "incarnation"> };
}

/** The result of a probe: ready, or why not. */
export type Readiness =
  | { ready: true }
  | {
      ready: false;
      reason: string;
      /** Another program listens on the port. */
      stranger: boolean;
    };

export interface Observation {
  live: Live;
  readiness?: Readiness;
}

/** A change of a service on the host: the plan that `apply` carries out. */
export interface Change {
  manager: ManagerName;
  /** The service now, under that manager. */
  live: Live;
  /** The definition to write. */
  write?: { definition: Definition; marker: Marker };
  /** The start mode to set. */
  startMode?: StartMode;
  /** `reload` asks the program to reload its configuration, the way the definition's `reload` says. */
  action: "none" | "start" | "stop" | "restart" | "reload";
  /** The old manager: the service is stopped and removed there first. `live` is missing when that manager no longer runs. */
  from?: { manager: ManagerName; live?: Live } | undefined;
  /** The service found is unmanaged: it is stopped by its own means, before its files are replaced. */
  takesOver?: boolean;
  /** The service's files are backed up until the change has settled, for a rollback. */
  backsUp?: boolean;
  /** The files found are not the provider's, and a copy is kept for good. */
  keepsOriginal?: boolean;
  obstacles?: readonly Obstacle[];
}

/** A change of an existing service, whose definition stays as it is. */
export type ExistingChange = Pick<Change, "manager" | "live" | "startMode" | "action"> & {
  /** The provider's marker is removed from the definition. */
  releases?: boolean;
};

/** A rollback to the backup. */
export interface Rollback {
  /** The manager that has the service now. */
  manager: ManagerName;
  /** The manager whose files are in the backup. */
  to: ManagerName;
  /** The service under `to` before the change. */
  before: Live;
  /** The backup may be an unmanaged service: the current service is stopped before the backup is restored. */
  replaces: boolean;
  /** The service ran before the change, so it is started again. */
  ran: boolean;
  /** The password of the account before the change, if the state knows it. */
  password?: string;
}

/** The result of a rollback. */
export type RolledBackTo =
  | { failure: string }
  | {
      failure?: never;
      /** The restored definition. */
      definition: Definition;
      /** The restored service is unmanaged. */
      existing: boolean;
    };

export interface Check {
  /** What the definition needs and the host lacks, each with its property. */
  missing: Issue[];
  /** The manager's error message, if it rejects the definition. */
  refusal?: string;
  /** The manager's other messages, such as warnings. */
  remarks: string;
}

/** The end of a service's log. */
export interface Tail {
  lines: string;
  /** Why the lines are incomplete. */
  problem?: string;
}

/** One operation on one service of a host, under the service's lock. Each method is one round trip unless it says otherwise. */
export interface Session {
  readonly facts: Facts;
  /** Reads everything that the plan needs. `first`: the managers to ask first. */
  survey(first: readonly (ManagerName | undefined)[]): Promise<FullSurvey>;
  /** Checks a definition on the host, without a change. Throws HostError when it can't be rendered. */
  check(manager: ManagerName, definition: Definition, marker: Marker): Promise<Check>;
  /**
   * Applies the whole change: backup, removal from the old manager, definition, start mode, process. The host completes it
   * even when the connection is lost, and ends it at `until` (default: the operation's deadline). Returns the host's error
   * message if it failed; throws HostError (`lostConnection`, `timeout`, `cancelled`) when the outcome is unknown.
   */
  apply(change: Change, until?: number): Promise<string | undefined>;
  /** The same for an existing service, by the manager's own means. Success proves nothing, so observe the service afterwards. */
  drive(change: ExistingChange): Promise<string | undefined>;
  /** Runs the probe, then reads the service. */
  observe(manager: ManagerName, probe?: Probe): Promise<Observation>;
  /** Deletes the backup of a change that has settled. */
  settled(manager: ManagerName): Promise<Live>;
  /** Restores the backup, and starts the service if it ran before. Takes several round trips. */
  rollBack(rollback: Rollback): Promise<RolledBackTo>;
  /** Deletes the backup of a change that was rolled back, and the copy of the original that the change kept. */
  undone(): Promise<void>;
  /** The last log lines of the service and its manager, as far as they can be read within a few seconds. */
  tail(manager: ManagerName, definition: Definition, lines: number): Promise<Tail>;
  /**
   * Stops, disables and removes the service. `keeps`: a copy of its files is kept for good first; `foreign`: the service is
   * unmanaged and stopped by its own means. `leftovers` and `kept` say where files that others made are now.
   */
  remove(removal: {
    manager: ManagerName;
    live: Live;
    keeps: boolean;
    foreign: boolean;
  }): Promise<{ leftovers?: string; kept?: string }>;
}

export interface OperateOptions {
  /** The name of the service. A host runs one operation at a time for each name. */
  name: string;
  /** The resource's URN. Other operations that wait for the lock name it in their error. */
  holder: string;
  signal: AbortSignal;
  /** The operation's deadline, in milliseconds as of Date.now(). The host also gets it, for steps that outlive the connection. */
  deadline?: number;
  /** Called when a step begins. */
  onStep?: (step: string) => void;
  /** Called with warnings for the user. */
  onWarning?: (warning: string) => void;
  /** How long to wait for the lock, in seconds. Default 60. */
  lockWaitSeconds?: number;
}

export interface Inquiry {
  name: string;
  /** The only manager to ask. Default: all managers of the host, and which of them claims the name. */
  manager?: ManagerName | undefined;
  /** Needs `manager`. */
  probe?: Probe | undefined;
}

/** A login with root's rights on a host. All operations on the host share one connection. */
export interface Host {
  readonly name: string;
  /** Calls `listener` with the reason when connecting takes long, until the returned function is called. */
  whileConnecting(listener: (reason: string) => void): () => void;
  /** Reads a service without lock or change. Inquiries within a few milliseconds share one round trip. */
  survey(inquiry: Inquiry, signal: AbortSignal): Promise<Survey>;
  /** Opens a session, locks the service and runs `body`. Unlocks however `body` ends. */
  operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T>;
}
