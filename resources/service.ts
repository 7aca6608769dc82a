import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./connection";

/** The user that a program runs as. */
export interface RunAs {
  /** User name (systemd: `User=`). */
  user?: pulumi.Input<string>;
  /** Group name (systemd: `Group=`). Default: the user's own. */
  group?: pulumi.Input<string>;
}

/** What happens when the program ends by itself. */
export interface Restart {
  /** When it is started again: `always`, `onFailure` (it did not end well), or `never`. */
  policy?: pulumi.Input<"always" | "onFailure" | "never">;
  /** Seconds between the end and the new start. */
  delaySeconds?: pulumi.Input<number>;
  /** How many starts in a row, each shorter than ten seconds, before the manager gives up. 0: no limit. */
  maxAttempts?: pulumi.Input<number>;
}

/** How the program is ended. */
export interface Stop {
  /** The signal that asks it to end, such as `SIGTERM`. */
  signal?: pulumi.Input<string>;
  /** Seconds it has to do so before it is killed. */
  timeoutSeconds?: pulumi.Input<number>;
  /**
   * Who is asked, and who is killed in the end: `group` (all its processes, all), `mixed` (the main process, all), or
   * `process` (the main process alone).
   */
  mode?: pulumi.Input<"mixed" | "process" | "group">;
}

/** How the program is told to read its configuration again. One of the two. */
export interface Reload {
  /** The signal that makes it do so. */
  signal?: pulumi.Input<string>;
  /** The command that makes it do so: argv, the program absolute. */
  command?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Where the program's output goes: an absolute path, `discard`, or (unset) the manager's own log. */
export interface Logs {
  /** Standard output. */
  stdout?: pulumi.Input<string>;
  /** Standard error. Default: as standard output. */
  stderr?: pulumi.Input<string>;
}

/** A GET that has to be answered. */
export interface HttpProbe {
  /** The URL, as seen from the host itself. */
  url: pulumi.Input<string>;
  /** The wanted status code. Default: any from 200 to 399. Redirects are not followed. */
  status?: pulumi.Input<number>;
  /** Headers wanted in the answer, name to value. */
  headers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** How to tell, on the host, that the service does its work. Exactly one of `tcp`, `http`, `command`. */
export interface Ready {
  /** A TCP port on which the service's own processes must listen; a stranger on the port does not count. */
  tcp?: pulumi.Input<number>;
  /** A URL that must answer, from the service's own processes. */
  http?: pulumi.Input<HttpProbe>;
  /**
   * A command that must exit with 0 within ten seconds. It runs as root; the process ids of the service are in the
   * environment variable `SERVICE_PIDS`, separated by blanks.
   */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /** `command` changes nothing, so that reading the state may run it too. Default: false. */
  readOnly?: pulumi.Input<boolean>;
  /** Seconds until it must be ready. Default: 60. */
  timeoutSeconds?: pulumi.Input<number>;
}

/** A directive's text as it stands in a unit file; a list for one that is given several times. */
export type Directives = Record<string, pulumi.Input<string | pulumi.Input<string>[]>>;

/** Any directive of systemd.unit(5), systemd.service(5), systemd.exec(5) and the like: the escape hatch. */
export interface SystemdOptions {
  /** Directives of [Unit]. */
  unit?: pulumi.Input<Directives>;
  /** Directives of [Service], such as `{ LimitNOFILE: "4096" }`. */
  service?: pulumi.Input<Directives>;
  /** Directives of [Install], instead of `WantedBy=multi-user.target`. */
  install?: pulumi.Input<Directives>;
}

/** What only init scripts have: the header of the Linux Standard Base, and the pid file. */
export interface InitScriptOptions {
  /** The pid file: an absolute path in a folder that is there. Default: `/var/run/NAME.pid`. */
  pidFile?: pulumi.Input<string>;
  /** Run levels that start it, from 1 to 5. Default: `[2, 3, 4, 5]`; it is stopped in all others. */
  runlevels?: pulumi.Input<pulumi.Input<number>[]>;
  /** Facilities and scripts that must be there before it is started. Default: `["$remote_fs", "$network"]`. */
  requiredStart?: pulumi.Input<pulumi.Input<string>[]>;
  /** Facilities and scripts that must still be there when it is stopped. Default: as `requiredStart`. */
  requiredStop?: pulumi.Input<pulumi.Input<string>[]>;
}

/** What only upstart has: stanzas of its job files (init(5)). */
export interface UpstartOptions {
  /** Who maintains the job. */
  author?: pulumi.Input<string>;
  /** The events that start it. Default: `runlevel [2345]`. */
  startOn?: pulumi.Input<string>;
  /** The events that stop it. Default: `runlevel [!2345]`. */
  stopOn?: pulumi.Input<string>;
}

/** What only OpenRC has (openrc-run(8)). */
export interface OpenrcOptions {
  /** The run level that starts it. Default: `default`. */
  runlevel?: pulumi.Input<string>;
  /** Services without which it is not started. */
  need?: pulumi.Input<pulumi.Input<string>[]>;
  /** Services that are started before it, if they are in its run level. */
  use?: pulumi.Input<pulumi.Input<string>[]>;
  /** Services that are started before it, if they are started at all. */
  after?: pulumi.Input<pulumi.Input<string>[]>;
}

/** What only one manager has. Options of a manager that is not used are an error. */
export interface ManagerOptions {
  systemd?: pulumi.Input<SystemdOptions>;
  /** An init script with LSB header. */
  lsb?: pulumi.Input<InitScriptOptions>;
  /** An init script around start-stop-daemon(8). */
  startStopDaemon?: pulumi.Input<InitScriptOptions>;
  upstart?: pulumi.Input<UpstartOptions>;
  openrc?: pulumi.Input<OpenrcOptions>;
}

/** A long-running program as a service of a host. What is unset is the service manager's own default, unless said otherwise. */
export interface ServiceArgs {
  /** How to reach the host. Default: the provider's `connection`. */
  connection?: pulumi.Input<Connection>;
  /** Name of the service, as its manager knows it: `bots-webserver`. A change replaces the service. */
  name: pulumi.Input<string>;
  /** Name for people. */
  displayName?: pulumi.Input<string>;
  /** What it is, in one line. */
  description?: pulumi.Input<string>;
  /**
   * The program, by absolute path, and its arguments. Each arrives exactly as given: there is no shell in between.
   * Required, unless `options.systemd.service.ExecStart` stands for it.
   */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /** The folder that the program runs in. */
  workingDirectory?: pulumi.Input<string>;
  /** File mode creation mask in octal, such as "0027". */
  umask?: pulumi.Input<string>;
  /**
   * Environment variables. Those given as secrets go to a file that only root can read; plain ones stand in the
   * definition, which every user of the host can read.
   */
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The user that the program runs as. Default: root. */
  runAs?: pulumi.Input<RunAs>;
  /** Whether it starts at boot: `automatic` (the default) or `manual`. */
  startMode?: pulumi.Input<"automatic" | "manual">;
  /** Whether it is to run: true (the default), false, or "unmanaged": as it is. */
  running?: pulumi.Input<boolean | "unmanaged">;
  /** Why a person stopped it. Meanwhile it is neither started nor stopped, and every preview says why. */
  hold?: pulumi.Input<string>;
  /** What happens when the program ends by itself. */
  restart?: pulumi.Input<Restart>;
  /** How the program is ended. */
  stop?: pulumi.Input<Stop>;
  /** How the program is told to read its configuration again, if it can. The Bots daemons can't. */
  reload?: pulumi.Input<Reload>;
  /** Names of services that are started before this one, and wanted with it. Take them from the resources: `[queue.name]`. */
  requires?: pulumi.Input<pulumi.Input<string>[]>;
  /** Where its output goes. */
  logs?: pulumi.Input<Logs>;
  /** How to tell that it does its work. A start counts only then. */
  ready?: pulumi.Input<Ready>;
  /** How long it must stay up, the same process, before a start counts, in seconds. Default: 3. */
  settleSeconds?: pulumi.Input<number>;
  /** Any values, such as the hash of a configuration file: a change restarts the service. */
  triggers?: pulumi.Input<Record<string, unknown>>;
  /**
   * What happens to the running program after a change that it must read anew: `restart` (the default), `reload`
   * (needs `reload`), or `defer`: nothing, and the output `restartPending` says so.
   */
  whenChanged?: pulumi.Input<"restart" | "reload" | "defer">;
  /**
   * The service manager. Default: `auto`: the one that has a service of this name already, else the one that the host
   * runs; once found it is kept. A change moves the service to another manager, and back if it does not come up there.
   */
  manager?: pulumi.Input<"auto" | "systemd" | "lsb" | "startStopDaemon" | "upstart" | "openrc">;
  /** What only one manager has. */
  options?: pulumi.Input<ManagerOptions>;
  /**
   * Somebody else defines the service: a package, an installer, an administrator. Whether it runs, starts at boot and is
   * healthy is managed; its definition is read and never written, and `pulumi destroy` leaves the service as it is. Beside
   * it go `connection`, `name`, `manager`, `startMode`, `running`, `hold`, `ready`, `settleSeconds`, `triggers` and
   * `whenChanged`. Default: false.
   *
   * ```ts
   * const database = new bots.Service("database", {
   *   connection: host, name: "postgresql", existing: true, ready: { tcp: 5432 },
   * });
   * ```
   */
  existing?: pulumi.Input<boolean>;
  /** Take over a service of this name that this resource did not create. What was there is kept on the host. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** When an update does not come up: `rollback` to the definition that ran before (the default), or `keep` what is there. */
  onFailedUpdate?: pulumi.Input<"rollback" | "keep">;
}

/**
 * `running` | `stopped` | `failed` | `flapping` (restarted again and again) | `notReady` (runs, but does not do its work) |
 * `unknown` (nothing on the host tells; then it is neither started nor stopped).
 */
export type Status = "running" | "stopped" | "failed" | "flapping" | "notReady" | "notInstalled" | "unknown";

/** A file that makes up a service on its host. */
export interface LiveFile {
  path: string;
  /** Owner and group, `root:root`. */
  owner: string;
  /** Permissions, four octal digits. */
  mode: string;
  /** Hash of the content; none for a file that holds secrets. */
  sha256?: string;
}

/** A line found on the host that no property covers. */
export interface UnmappedLine {
  file: string;
  line: string;
}

/** What could be read of the definition of an existing service. For people: nothing acts on it. */
export interface Observation {
  /** What it is about: `command`, `runAs.user`, `environment.LANG`, `pidFile`. */
  property: string;
  /** What the definition says, where that is certain. */
  value?: unknown;
  /** Why it can't be known without running the program. */
  unknown?: string;
  /** The file it stands in. */
  file: string;
  /** The line, from 1. */
  line?: number;
}

/**
 * A long-running program, run by the service manager of a remote host: started, at boot too, kept running, read back
 * from there by `pulumi refresh`, and removed by `pulumi destroy`.
 *
 * ```ts
 * const web = new bots.Service("web", {
 *   connection: { host: "edi1", user: "deploy", privateKeyFile: "~/.ssh/id_ed25519", become: { method: "sudo" } },
 *   name: "bots-webserver",
 *   command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
 *   runAs: { user: "bots" },
 *   ready: { tcp: 8080 },
 * });
 * ```
 */
export class Service extends pulumi.CustomResource {
  /** Name of the service, as its manager knows it. */
  declare readonly name: pulumi.Output<string>;
  declare readonly displayName: pulumi.Output<string | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly command: pulumi.Output<string[] | undefined>;
  declare readonly workingDirectory: pulumi.Output<string | undefined>;
  declare readonly umask: pulumi.Output<string | undefined>;
  declare readonly environment: pulumi.Output<Record<string, string> | undefined>;
  declare readonly runAs: pulumi.Output<pulumi.Unwrap<RunAs> | undefined>;
  declare readonly startMode: pulumi.Output<"automatic" | "manual" | "disabled">;
  /** Whether it runs and does its work. */
  declare readonly running: pulumi.Output<boolean>;
  declare readonly restart: pulumi.Output<pulumi.Unwrap<Restart> | undefined>;
  declare readonly stop: pulumi.Output<pulumi.Unwrap<Stop> | undefined>;
  declare readonly reload: pulumi.Output<pulumi.Unwrap<Reload> | undefined>;
  declare readonly requires: pulumi.Output<string[] | undefined>;
  declare readonly logs: pulumi.Output<pulumi.Unwrap<Logs> | undefined>;
  declare readonly triggers: pulumi.Output<Record<string, unknown> | undefined>;
  declare readonly options: pulumi.Output<pulumi.Unwrap<ManagerOptions> | undefined>;
  /** The service manager that has it. */
  declare readonly manager: pulumi.Output<string>;
  /** The machine's own id (machine-id(5)). */
  declare readonly machineId: pulumi.Output<string>;
  declare readonly status: pulumi.Output<Status>;
  /** Process id of its main process. */
  declare readonly pid: pulumi.Output<number | undefined>;
  /** How often the manager has restarted it by itself since it was last started. */
  declare readonly restartCount: pulumi.Output<number>;
  /** The files that make it up on the host. */
  declare readonly files: pulumi.Output<LiveFile[]>;
  /** Somebody else defines the service. */
  declare readonly existing: pulumi.Output<boolean | undefined>;
  /** Of an existing service: what could be read of its definition. */
  declare readonly observed: pulumi.Output<Observation[] | undefined>;
  /** Lines found on the host that no property covers. */
  declare readonly unmapped: pulumi.Output<UnmappedLine[]>;
  /** The program still runs an older definition than the one on the host. */
  declare readonly restartPending: pulumi.Output<boolean>;
  /** The command that shows its log. */
  declare readonly logHint: pulumi.Output<string>;
  /** Random id in the marker on the host: whose service it is. */
  declare readonly ownerId: pulumi.Output<string | undefined>;

  constructor(name: string, args: ServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("bots:index:Service", name, { ...outputs, ...args }, options);
  }

  /** A service that is on a host already, by its id `host/name`: read, not managed. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Service {
    return new Service(name, {} as ServiceArgs, { ...options, id });
  }
}

/** The SDK wants to know which outputs there are before they are known. */
const outputs = Object.fromEntries(
  [
    [
      "displayName",
      "description",
      "command",
      "workingDirectory",
      "umask",
      "environment",
      "runAs",
      "startMode",
      "running",
    ],
    ["restart", "stop", "reload", "requires", "logs", "triggers", "options", "manager", "machineId", "status", "pid"],
    ["restartCount", "files", "unmapped", "restartPending", "logHint", "ownerId", "existing", "observed"],
  ]
    .flat()
    .map((name) => [name, undefined]),
);

/** What {@link getService} asks. */
export interface GetServiceArgs {
  /** How to reach the host. Default: the provider's `connection`. */
  connection?: pulumi.Input<Connection>;
  /** Name of the service, as its manager knows it. */
  name: pulumi.Input<string>;
}

/** What {@link getService} answers: the outputs of a {@link Service}. */
export type GetServiceResult = pulumi.Unwrap<Omit<Service, keyof pulumi.CustomResource>>;

/** Reads a service as it is on its host now, whoever made it. Changes nothing there. An error when there is none. */
export function getService(args: GetServiceArgs, options?: pulumi.InvokeOptions): Promise<GetServiceResult> {
  return pulumi.runtime.invoke("bots:index:getService", args, options) as Promise<GetServiceResult>;
}

/** The same for what a program knows only when it runs: waits for the resources that the arguments come from. */
export function getServiceOutput(
  args: GetServiceArgs,
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetServiceResult> {
  return pulumi.runtime.invokeOutput<GetServiceResult>("bots:index:getService", args, options);
}
