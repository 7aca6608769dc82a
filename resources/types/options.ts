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
 * Options that only one service manager has. Options of a manager that does not run the service are an error.
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
}
