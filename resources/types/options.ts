// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";

/**
 * Any directive of a systemd unit, by name: text as it is written in a unit file, or a list for a directive that
 * appears several times. A directive that a property already sets is an error.
 *
 * ```ts
 * {
 *   service: { LimitNOFILE: "4096", ExecStartPre: ["/bin/mkdir -p /run/edi", "/bin/chown bots /run/edi"] },
 * }
 * ```
 */
export interface SystemdOptions {
  /**
   * Directives of the [Unit] section (systemd.unit(5)).
   *
   * ```ts
   * { After: "postgresql.service" }
   * ```
   */
  unit?: Input<Record<string, Input<string | Input<string>[]>>>;
  /**
   * Directives of the [Service] section (systemd.service(5), systemd.exec(5), systemd.kill(5)).
   *
   * ```ts
   * { LimitNOFILE: "4096" }
   * ```
   */
  service?: Input<Record<string, Input<string | Input<string>[]>>>;
  /** Directives of the [Install] section. Default: `{ WantedBy: "multi-user.target" }`. */
  install?: Input<Record<string, Input<string | Input<string>[]>>>;
}

/** Options of init scripts: the pid file, and the header of the Linux Standard Base. */
export interface InitScriptOptions {
  /** Absolute path of the pid file, in a directory that exists. Default: `/var/run/NAME.pid`. */
  pidFile?: Input<string>;
  /** Run levels that start the service, from 1 to 5. All other run levels stop it. Default: `[2, 3, 4, 5]`. */
  runlevels?: Input<Input<number>[]>;
  /** Facilities and scripts that must be available when the service starts. Default: `["$remote_fs", "$network"]`. */
  requiredStart?: Input<Input<string>[]>;
  /** Facilities and scripts that must still be available when the service stops. Default: the value of `requiredStart`. */
  requiredStop?: Input<Input<string>[]>;
}

/** Stanzas of an upstart job (init(5) of upstart). */
export interface UpstartOptions {
  /** Who maintains the job (`author`). */
  author?: Input<string>;
  /** The events that start the job (`start on`). Default: `runlevel [2345]`. */
  startOn?: Input<string>;
  /** The events that stop the job (`stop on`). Default: `runlevel [!2345]`. */
  stopOn?: Input<string>;
}

/** Dependencies and run level of an OpenRC service (openrc-run(8)). */
export interface OpenrcOptions {
  /** The run level that starts the service. Default: `default`. */
  runlevel?: Input<string>;
  /** Services that start before this one. If one of them fails, this one is not started. Default: none. */
  need?: Input<Input<string>[]>;
  /** Services that start before this one if they are in its run level. Default: none. */
  use?: Input<Input<string>[]>;
  /** Services that start before this one if they are started at all. Default: none. */
  after?: Input<Input<string>[]>;
}

/**
 * - `console`: Ctrl-C, to every process of the console
 * - `window`: WM_CLOSE, to the windows of the program
 * - `threads`: WM_QUIT, to the threads of the program
 */
export type NssmStopMethod = "console" | "window" | "threads";

/**
 * - `realtime`: before everything else, the system's own work too
 * - `high`: high
 * - `aboveNormal`: above normal
 * - `normal`: normal
 * - `belowNormal`: below normal
 * - `idle`: only when nothing else runs
 */
export type NssmPriority = "realtime" | "high" | "aboveNormal" | "normal" | "belowNormal" | "idle";

/**
 * When NSSM renames a log file and begins a new one. It never deletes a renamed file.
 *
 * ```ts
 * { bytes: 10000000, online: true }
 * ```
 */
export interface NssmRotation {
  /** Only a file of at least this size is renamed. Default: `0` bytes. */
  bytes?: Input<number>;
  /** At a start, only a file that was last written at least this long ago is renamed. Default: `0` seconds. */
  seconds?: Input<number>;
  /** Renames a file also while the service runs, as soon as it has `bytes`. Default: `false`. */
  online?: Input<boolean>;
}

/**
 * What only NSSM has.
 *
 * ```ts
 * { path: "C:\\tools\\nssm.exe", rotate: { bytes: 10000000 } }
 * ```
 */
export interface NssmOptions {
  /**
   * Absolute path of nssm.exe on the host. The file must be there already. Default: the nssm.exe that the service has,
   * or else the first one in `C:\Program Files\pulumi-bots`, in the folders of Chocolatey and Scoop, in `C:\Program
   * Files\nssm`, or on the PATH.
   */
  path?: Input<string>;
  /**
   * Path of an nssm.exe on the computer that runs Pulumi; `~/` is the home directory. Over SSH, the provider copies it
   * to `C:\Program Files\pulumi-bots\bin` when the host has no nssm.exe, and leaves it there. Example: `"./nssm.exe"`.
   */
  upload?: Input<string>;
  /**
   * Runs the program without a console (`AppNoConsole`), so that it gets no Ctrl-C. NSSM 2.24 starts no program
   * otherwise on Windows 10 1703 and later; newer builds such as 2.24-101 do. Default: `false`.
   */
  noConsole?: Input<boolean>;
  /**
   * How long the program must run for NSSM to count its start (`AppThrottle`). After a shorter run NSSM waits longer
   * before each restart, and the service is paused meanwhile. Default: `1.5` seconds.
   */
  throttleSeconds?: Input<number>;
  /**
   * How NSSM asks the program to exit (`AppStopMethodSkip`), always in the order console, window, threads. A program
   * that is still there afterwards is killed. Default: `["console", "window", "threads"]`.
   */
  stopMethods?: Input<Input<NssmStopMethod>[]>;
  /**
   * How long the program may take to exit after WM_CLOSE. `stop.timeoutSeconds` is the time after Ctrl-C. Default:
   * `1.5` seconds.
   */
  stopWindowSeconds?: Input<number>;
  /** How long the program may take to exit after WM_QUIT. Default: `1.5` seconds. */
  stopThreadsSeconds?: Input<number>;
  /**
   * The priority class of the program (`AppPriority`).
   *
   * - `realtime`: before everything else, the system's own work too
   * - `high`: high
   * - `aboveNormal`: above normal
   * - `normal`: normal
   * - `belowNormal`: below normal
   * - `idle`: only when nothing else runs
   *
   * Default: `normal`.
   */
  priority?: Input<NssmPriority>;
  /** The CPUs that the program may use, from 0 (`AppAffinity`). Default: all. */
  affinity?: Input<Input<number>[]>;
  /**
   * Rotates the files of `logs` at each start (`AppRotateFiles`). Default: no rotation.
   *
   * ```ts
   * { bytes: 10000000, online: true }
   * ```
   */
  rotate?: Input<NssmRotation>;
}

/**
 * What only srvany has.
 *
 * ```ts
 * { path: "C:\\tools\\srvany-ng.exe" }
 * ```
 */
export interface SrvanyOptions {
  /**
   * Absolute path of srvany.exe or srvany-ng.exe on the host. The file must be there already. Default: the one that
   * the service has, or else the first one in System32, in `C:\Program Files\pulumi-bots`, in the folder of the
   * Resource Kit, or on the PATH.
   */
  path?: Input<string>;
}

/**
 * - `restart`: start the service again
 * - `reboot`: restart the computer
 * - `run`: run `command`
 * - `none`: nothing
 */
export type FailureActionType = "restart" | "reboot" | "run" | "none";

/** What Windows does after a failure of a service. */
export interface FailureAction {
  /**
   * What to do.
   *
   * - `restart`: start the service again
   * - `reboot`: restart the computer
   * - `run`: run `command`
   * - `none`: nothing
   */
  type: Input<FailureActionType>;
  /** How long to wait before that. Default: `0` seconds. */
  delaySeconds?: Input<number>;
}

/**
 * What Windows does when the process of a service fails (`sc failure`).
 *
 * ```ts
 * { actions: [{ type: "restart", delaySeconds: 60 }], resetSeconds: 86400 }
 * ```
 */
export interface FailureActions {
  /** After the first failure, the second, and so on. The last one counts for all later ones. */
  actions: Input<Input<FailureAction>[]>;
  /** After so long without a failure, the count of failures begins again. In seconds. Default: never. */
  resetSeconds?: Input<number>;
  /** The command line that the action `run` runs. */
  command?: Input<string>;
  /** What the action `reboot` tells the users first. */
  rebootMessage?: Input<string>;
  /**
   * Counts as a failure also that the service reports an exit code other than 0. Otherwise only the end of its process
   * without a report counts. Default: `false`.
   */
  onNonCrashFailures?: Input<boolean>;
}

/**
 * - `none`: the service has no SID of its own
 * - `unrestricted`: `NT SERVICE\NAME` can be given rights on files
 * - `restricted`: the same, and the service can write only what is open to it or to everyone
 */
export type ServiceSid = "none" | "unrestricted" | "restricted";

/**
 * What the service control manager has for every service of Windows, whatever its `manager`.
 *
 * ```ts
 * { serviceSid: "unrestricted" }
 * ```
 */
export interface WindowsOptions {
  /**
   * What Windows does when the service fails. Under a wrapper such as NSSM that is the failure of the wrapper:
   * `restart` is about the program. Under `scm` use `restart`, unless it can't say it. Default: nothing.
   *
   * ```ts
   * { actions: [{ type: "restart", delaySeconds: 60 }], resetSeconds: 86400 }
   * ```
   */
  failureActions?: Input<FailureActions>;
  /**
   * The SID of the service in its token (`sc sidtype`).
   *
   * - `none`: the service has no SID of its own
   * - `unrestricted`: `NT SERVICE\NAME` can be given rights on files
   * - `restricted`: the same, and the service can write only what is open to it or to everyone
   *
   * Default: `none`.
   */
  serviceSid?: Input<ServiceSid>;
  /** The load order group. A service with a delayed start can't be in one. Default: none. */
  group?: Input<string>;
}

/**
 * Options that only one service manager has, or one platform. Options of a manager that does not run the service are
 * an error.
 *
 * ```ts
 * { systemd: { service: { LimitNOFILE: "4096" } } }
 * ```
 */
export interface ManagerOptions {
  /**
   * For `systemd`: any directive of the unit.
   *
   * ```ts
   * {
   *   service: { LimitNOFILE: "4096", ExecStartPre: ["/bin/mkdir -p /run/edi", "/bin/chown bots /run/edi"] },
   * }
   * ```
   */
  systemd?: Input<SystemdOptions>;
  /** For `lsb`: init scripts with an LSB header. */
  lsb?: Input<InitScriptOptions>;
  /** For `startStopDaemon`: init scripts that use start-stop-daemon(8). */
  startStopDaemon?: Input<InitScriptOptions>;
  /** For `upstart`: stanzas of the job. */
  upstart?: Input<UpstartOptions>;
  /** For `openrc`: dependencies and run level. */
  openrc?: Input<OpenrcOptions>;
  /**
   * For `nssm`: where nssm.exe is, how it stops, its logs.
   *
   * ```ts
   * { path: "C:\\tools\\nssm.exe", rotate: { bytes: 10000000 } }
   * ```
   */
  nssm?: Input<NssmOptions>;
  /**
   * For `srvany`: where srvany.exe is.
   *
   * ```ts
   * { path: "C:\\tools\\srvany-ng.exe" }
   * ```
   */
  srvany?: Input<SrvanyOptions>;
  /**
   * For all managers of Windows: what the service control manager has.
   *
   * ```ts
   * { serviceSid: "unrestricted" }
   * ```
   */
  windows?: Input<WindowsOptions>;
}
