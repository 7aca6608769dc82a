/** The names of the service managers we can drive. */
export const MANAGER_NAMES = ["systemd", "lsb", "startStopDaemon", "upstart", "openrc"] as const;
export type ManagerName = (typeof MANAGER_NAMES)[number];

export type StartMode = "automatic" | "manual" | "disabled";
export type RestartPolicy = "always" | "onFailure" | "never";
export type StopMode = "mixed" | "process" | "group";

/** A directive's raw text, or several for a directive that is given more than once. */
export type Directive = string | string[];

/** What only systemd has: directive name to text, as it stands in the unit file. */
export interface SystemdOptions {
  unit?: Record<string, Directive>;
  service?: Record<string, Directive>;
  install?: Record<string, Directive>;
}

/** What only init scripts have, with LSB header (`lsb`) or around start-stop-daemon(8). */
export interface InitScriptOptions {
  /** Absolute. */
  pidFile?: string;
  /** Run levels in which it is started, 1 to 5. */
  runlevels?: number[];
  /** Facilities (`$network`) and scripts that must be there before the start. */
  requiredStart?: string[];
  /** The same for the stop. */
  requiredStop?: string[];
}

/** What only upstart has (init(5) of upstart). */
export interface UpstartOptions {
  author?: string;
  /** The event expressions behind `start on` and `stop on`. */
  startOn?: string;
  stopOn?: string;
}

/** What only OpenRC has (openrc-run(8)). */
export interface OpenrcOptions {
  /** The run level that starts it. */
  runlevel?: string;
  need?: string[];
  use?: string[];
  after?: string[];
}

/** Each manager's own; those of a manager that is not used are an error. */
export interface ManagerOptions {
  systemd?: SystemdOptions;
  lsb?: InitScriptOptions;
  startStopDaemon?: InitScriptOptions;
  upstart?: UpstartOptions;
  openrc?: OpenrcOptions;
}

/**
 * A service as a service manager knows it: what lies in its files. Unset means the manager's own default.
 * Whether it runs, and at boot, is {@link Live}.
 */
export interface Definition {
  displayName?: string;
  description?: string;
  /** argv; the program absolute. Missing only where `options.systemd.service.ExecStart` stands for it. */
  command?: string[];
  workingDirectory?: string;
  /** Octal, four digits. */
  umask?: string;
  environment?: Record<string, string>;
  /** The keys of `environment` whose values are secret. */
  secretEnvironment?: string[];
  runAs?: { user?: string; group?: string };
  restart?: { policy?: RestartPolicy; delaySeconds?: number; maxAttempts?: number };
  stop?: { signal?: string; timeoutSeconds?: number; mode?: StopMode };
  reload?: { signal?: string; command?: string[] };
  /** Names of services started before this one, and wanted with it. */
  requires?: string[];
  logs?: { stdout?: string; stderr?: string };
  options?: ManagerOptions;
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

/** `running` etc.: what a person wants to know first. `unknown`: no evidence tells whether it runs; then nothing acts on it. */
export type Status = "running" | "stopped" | "failed" | "flapping" | "notReady" | "notInstalled" | "unknown";

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

export interface LiveFile {
  path: string;
  owner: string;
  mode: string;
  /** Missing for a file that holds secrets. */
  sha256?: string;
}

/** A line found on the host that no property covers. */
export interface UnmappedLine {
  file: string;
  line: string;
  /** It comes from a file that not every user of the host may read. Never part of the outputs' values. */
  secret?: boolean;
}

/**
 * What could be read of a definition that is somebody else's: advice for people, never acted on, never written back.
 * Either `value` or `unknown` is set.
 */
export interface Observation {
  /** The property of a definition that it is about: `command`, `runAs.user`, `environment.LANG`; or `pidFile`. */
  property: string;
  value?: unknown;
  /** Why it can't be known without running the program: "depends on a condition". */
  unknown?: string;
  file: string;
  /** From 1. Missing where the file as a whole says it. */
  line?: number;
  /** As for {@link UnmappedLine}. */
  secret?: boolean;
}

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
