import type { Issue } from "../model/errors";
import type { Definition, Live, ManagerName, Marker, RunState, StartMode } from "../model/service";
import type { Ready } from "../schema/ready";

/** What a host is, read together with everything else. */
export interface Facts {
  /** Another one under the same name means that the machine was built anew. */
  readonly machineId: string;
  /** Seconds since boot, when the facts were read. */
  readonly uptime: number;
  /** The host's service manager in words, for errors: "systemd 252". */
  readonly initText: string;
}

/** A file or a registry key that lies where one of the service's should be, and can't be read or replaced as one. */
export interface Obstacle {
  path: string;
  /** In words: "a folder". */
  what: string;
}

/** What a host says of a service. */
export interface Survey {
  readonly facts: Facts;
  /** The manager that a new service gets; undefined when the host has none that we can drive. */
  readonly usual: ManagerName | undefined;
  /** The manager for which a service of this name is defined there. Not known where only one manager was asked. */
  readonly claimedBy: ManagerName | undefined;
  /** Why a manager can't be used on the host, in words; undefined when it can. */
  unavailable(manager: ManagerName): string | undefined;
  /** The service under a manager that the host has. Throws HostError when it could not be read. */
  live(manager: ManagerName): Live;
  /** What the probe said, if one was asked for. */
  readonly readiness?: Readiness | undefined;
}

/** What the holder of the lock finds out before it changes anything. */
export interface FullSurvey extends Survey {
  /** There while a change has not settled: which manager the backup is of, where that is known. */
  readonly unfinished: { manager: ManagerName | undefined } | undefined;
  obstacles(managers: readonly ManagerName[]): Obstacle[];
  /** Do two managers have the definition of a service of this name in the same file? */
  isSamePlace(one: ManagerName, other: ManagerName): boolean;
}

/** Asks whether a service does its work. */
export interface Probe {
  ready: Ready;
  /** Whose listener counts: the processes of this definition, or where somebody else defines it those of the one that was seen. */
  of: { definition: Definition } | { process: Pick<RunState, "pid" | "incarnation"> };
}

/** What a probe said: ready, or why not. */
export type Readiness =
  | { ready: true }
  | {
      ready: false;
      reason: string;
      /** Another program has the port. */
      stranger: boolean;
    };

export interface Observation {
  live: Live;
  readiness?: Readiness;
}

/** What is to be done to a service, or was before it was rolled back. */
export interface Change {
  manager: ManagerName;
  /** As it is there now, under that manager. */
  live: Live;
  /** To be written. */
  write?: { definition: Definition; marker: Marker };
  /** To be set. */
  startMode?: StartMode;
  /** `reload`: the program is told to read its configuration again, as the definition's `reload` says. */
  action: "none" | "start" | "stop" | "restart" | "reload";
  /** The manager that it leaves: it is ended and removed there first. `live` is missing when that one no longer runs. */
  from?: { manager: ManagerName; live?: Live } | undefined;
  /** What is there is somebody else's: it is ended by its own means, while these are there. */
  takesOver?: boolean;
  /** What is there is backed up until the change has settled, so that it can be rolled back. */
  backsUp?: boolean;
  /** What is there is not ours, and kept for good. */
  keepsOriginal?: boolean;
  obstacles?: readonly Obstacle[];
}

/** What is to be done to a service that somebody else defines. */
export type ExistingChange = Pick<Change, "manager" | "live" | "startMode" | "action"> & {
  /** Our marker is taken out of the definition, which stays. */
  releases?: boolean;
};

/** The way back to what the backup holds. */
export interface Rollback {
  /** The manager that has it now. */
  manager: ManagerName;
  /** The manager that the backup is of. */
  to: ManagerName;
  /** As it was there before the change. */
  before: Live;
  /** The backup may be somebody else's: what is there now is stopped before it is put back. */
  replaces: boolean;
  /** It ran before, and is started again. */
  ran: boolean;
}

/** What came of a rollback. */
export type RolledBackTo =
  | { failure: string }
  | {
      failure?: never;
      /** What was put back. */
      definition: Definition;
      /** It is somebody else's. */
      existing: boolean;
    };

export interface Check {
  /** What the definition needs and the host lacks, each at its property. */
  missing: Issue[];
  /** The manager does not take the definition, in its own words. */
  refusal?: string;
  /** What else the manager says. */
  remarks: string;
}

/** The end of a service's log. */
export interface Tail {
  lines: string;
  /** Why that is not all. */
  problem?: string;
}

/** One operation on one service of a host, holding its lock. Each verb is one round trip, and needs no other one. */
export interface Session {
  readonly facts: Facts;
  /** Everything that a decision needs. `first`: the managers that matter most, of those that the host has. */
  survey(first: readonly (ManagerName | undefined)[]): Promise<FullSurvey>;
  /** What can be found out about a definition before anything is touched. Throws HostError when it can't be rendered. */
  check(manager: ManagerName, definition: Definition, marker: Marker): Promise<Check>;
  /**
   * The whole change, which is made to its end even when the connection breaks meanwhile: backup, leaving the old manager,
   * definition, start mode, process. Ended on the host at `until`, by default the operation's deadline. Why it failed, in
   * the host's own words; throws HostError (`lostConnection`, `timeout`, `cancelled`) when the outcome is unknown.
   */
  apply(change: Change, until?: number): Promise<string | undefined>;
  /** The same for a service that somebody else defines, by the manager's own means. Success proves nothing: observe it. */
  drive(change: ExistingChange): Promise<string | undefined>;
  /** The service as it is now; the probe is made first. */
  observe(manager: ManagerName, probe?: Probe): Promise<Observation>;
  /** The change counts: its backup is dropped. */
  settled(manager: ManagerName): Promise<Live>;
  /** Puts back what the backup holds, and starts that. Takes several round trips. */
  rollBack(rollback: Rollback): Promise<RolledBackTo>;
  /** The change is undone: its backup is dropped, and what it kept of the original. */
  undone(): Promise<void>;
  /** The last lines that the service and its manager wrote, as far as they can be read in a few seconds. */
  tail(manager: ManagerName, definition: Definition, lines: number): Promise<Tail>;
  /**
   * Removes the service: stopped, not at boot, nothing left. `keeps`: what is there is kept for good first; `foreign`: it is
   * stopped by its own means. `leftovers` and `kept` say where other people's files are.
   */
  remove(removal: {
    manager: ManagerName;
    live: Live;
    keeps: boolean;
    foreign: boolean;
  }): Promise<{ leftovers?: string; kept?: string }>;
}

export interface OperateOptions {
  /** The name of the service: one operation at a time for each on a host. */
  name: string;
  /** Who we are, for the error that another one gets while we hold the lock: the URN. */
  holder: string;
  signal: AbortSignal;
  /** When the operation's time is over, in milliseconds as of Date.now(): the host is told, for what goes on without us. */
  deadline?: number;
  /** Told when a step begins. */
  onStep?: (step: string) => void;
  /** Told what a person should know of what is being done. */
  onWarning?: (warning: string) => void;
  /** How long to wait for the lock, in seconds. Default 60. */
  lockWaitSeconds?: number;
}

export interface Inquiry {
  name: string;
  /** The only one to be asked; otherwise all that the host has are, and which one claims the name. */
  manager?: ManagerName | undefined;
  /** With a manager only. */
  probe?: Probe | undefined;
}

/** A login on a host that may do everything there. One connection, shared by everything that goes there. */
export interface Host {
  readonly name: string;
  /** Tells `listener` when a connection takes long, and why. The answer ends that. */
  whileConnecting(listener: (reason: string) => void): () => void;
  /** Takes no lock, changes nothing. What is asked within a few milliseconds is one round trip. */
  survey(inquiry: Inquiry, signal: AbortSignal): Promise<Survey>;
  /** Opens a session, takes the lock on the service, hands over the session, and unlocks however the body ends. */
  operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T>;
}
