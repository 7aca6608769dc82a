// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { Connection } from "./connection";
import type { Ready } from "./ready";
import type { ManagerOptions } from "./options";
import type { Logs, Reload, Restart, RunAs, Stop } from "./definition";

/**
 * - `automatic`: start at boot
 * - `delayed`: start some minutes after boot (Windows)
 * - `manual`: do not start at boot
 * - `disabled`: never start, not even by hand (Windows)
 */
export type StartMode = "automatic" | "delayed" | "manual" | "disabled";

/**
 * - `restart`: restart the program
 * - `reload`: reload the program, as `reload` says
 * - `defer`: do nothing; the output `restartPending` is then true
 */
export type WhenChanged = "restart" | "reload" | "defer";

/**
 * - `auto`: the manager that has a service of this name, otherwise the one that the host runs; the choice is kept
 * - `systemd`: systemd
 * - `lsb`: init scripts with an LSB header
 * - `startStopDaemon`: init scripts that use start-stop-daemon(8)
 * - `upstart`: upstart
 * - `openrc`: OpenRC
 * - `nssm`: NSSM (the Non-Sucking Service Manager), on Windows
 * - `srvany`: srvany of Microsoft's Resource Kit, or srvany-ng
 * - `scm`: none: the program is a Windows service itself
 */
export type ServiceManager = "auto" | "systemd" | "lsb" | "startStopDaemon" | "upstart" | "openrc" | "nssm" | "srvany" | "scm";

/**
 * - `rollback`: go back to the definition that ran before
 * - `keep`: leave the new definition in place
 */
export type OnFailedUpdate = "rollback" | "keep";

/**
 * A long-running program as a service of a host. An unset property has the service manager's own default, unless its
 * description names another one.
 */
export interface ServiceArgs {
  /**
   * How to reach the host. Default: the provider's `connection`. A change of `host` replaces the service. Any other
   * change touches nothing on the host.
   *
   * ```ts
   * {
   *   host: "edi1",
   *   address: "edi1.example.com",
   *   user: "deploy",
   *   privateKeyFile: "~/.ssh/id_ed25519",
   *   become: { method: "sudo" },
   * }
   * ```
   */
  connection?: Input<Connection>;
  /** Name of the service, as the service manager knows it. A change replaces the service. Example: `"bots-webserver"`. */
  name: Input<string>;
  /** Human-readable name. A change does not restart the service. Example: `"Bots Webserver"`. */
  displayName?: Input<string>;
  /** What the service does, in one line. A change does not restart the service. */
  description?: Input<string>;
  /**
   * The program, by absolute path, and its arguments. Each argument arrives exactly as given; no shell is involved.
   * Required, unless `options.systemd.service.ExecStart` is set. A change restarts the service. Example:
   * `["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"]`.
   */
  command?: Input<Input<string>[]>;
  /**
   * The directory that the program runs in: an absolute path. Default: the service manager's own. A change restarts
   * the service.
   */
  workingDirectory?: Input<string>;
  /**
   * File mode creation mask: three or four octal digits, as text. Default: the service manager's own. A change
   * restarts the service. Example: `"0027"`.
   */
  umask?: Input<string>;
  /**
   * Environment variables. Secret values go to a file that only root can read; on Windows they are refused. Every user
   * of the host can read the other values. A change restarts the service.
   *
   * ```ts
   * { BOTSENV: "default" }
   * ```
   */
  environment?: Input<Record<string, Input<string>>>;
  /**
   * The user and group that the program runs as. Default: root; on Windows LocalSystem. A change may restart the
   * service.
   *
   * ```ts
   * { user: "bots" }
   * ```
   */
  runAs?: Input<RunAs>;
  /**
   * Whether the service starts at boot.
   *
   * - `automatic`: start at boot
   * - `delayed`: start some minutes after boot (Windows)
   * - `manual`: do not start at boot
   * - `disabled`: never start, not even by hand (Windows)
   *
   * Default: `automatic`. A change enables or disables the service.
   */
  startMode?: Input<StartMode>;
  /**
   * Whether the service runs: true, false, or "unmanaged", which leaves it as it is. Default: `true`. A change starts
   * or stops the service.
   */
  running?: Input<boolean | "unmanaged">;
  /**
   * Why a person stopped the service on purpose. While it is set, the service is neither started nor stopped, and
   * every preview shows the reason. Setting it touches nothing on the host. Removing it lets the next update start or
   * stop the service. Example: `"restore from backup"`.
   */
  hold?: Input<string>;
  /**
   * What the manager does when the program exits. A change may restart the service, except with `systemd`, `srvany`,
   * `scm`.
   *
   * ```ts
   * { policy: "always", delaySeconds: 5, maxAttempts: 0 }
   * ```
   */
  restart?: Input<Restart>;
  /**
   * How the program is stopped. A change may restart the service, except with `systemd`, `lsb`, `startStopDaemon`,
   * `openrc`, `upstart`, `srvany`, `scm`.
   *
   * ```ts
   * { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" }
   * ```
   */
  stop?: Input<Stop>;
  /**
   * How the program is told to read its configuration again, if it can. The Bots daemons can't. A change does not
   * restart the service.
   *
   * ```ts
   * { signal: "SIGHUP" }
   * ```
   */
  reload?: Input<Reload>;
  /**
   * Names of services that start before this one and are started with it. Take the names from the resources, so that
   * Pulumi keeps the order. A change does not restart the service. Example: `["postgresql"]`.
   */
  requires?: Input<Input<string>[]>;
  /**
   * Where the program's output goes. Default: the service manager's own log. A change restarts the service.
   *
   * ```ts
   * { stdout: "/var/log/bots/web.log" }
   * ```
   */
  logs?: Input<Logs>;
  /**
   * How to tell, on the host, that the service does its work. A start counts only when this probe succeeds. Default: a
   * service that stays up is ready. A change touches nothing on the host.
   *
   * ```ts
   * { tcp: 8080 }
   * ```
   *
   * ```ts
   * { http: { url: "http://localhost:8080/login/" }, timeoutSeconds: 120 }
   * ```
   */
  ready?: Input<Ready>;
  /**
   * How long the same process must stay up before a start counts. Default: `3` seconds. A change touches nothing on
   * the host.
   */
  settleSeconds?: Input<number>;
  /**
   * Any values, such as the hash of a configuration file. A change restarts the service.
   *
   * ```ts
   * { config: "sha256:4f53…" }
   * ```
   */
  triggers?: Input<Record<string, unknown>>;
  /**
   * What to do after a change that the running program must notice.
   *
   * - `restart`: restart the program
   * - `reload`: reload the program, as `reload` says
   * - `defer`: do nothing; the output `restartPending` is then true
   *
   * Default: `restart`. A change touches nothing on the host.
   */
  whenChanged?: Input<WhenChanged>;
  /**
   * The service manager.
   *
   * - `auto`: the manager that has a service of this name, otherwise the one that the host runs; the choice is kept
   * - `systemd`: systemd
   * - `lsb`: init scripts with an LSB header
   * - `startStopDaemon`: init scripts that use start-stop-daemon(8)
   * - `upstart`: upstart
   * - `openrc`: OpenRC
   * - `nssm`: NSSM (the Non-Sucking Service Manager), on Windows
   * - `srvany`: srvany of Microsoft's Resource Kit, or srvany-ng
   * - `scm`: none: the program is a Windows service itself
   *
   * Default: `auto`. A change moves the service to the other manager, with a restart.
   */
  manager?: Input<ServiceManager>;
  /**
   * Options that only one service manager has. Options of a manager that does not run the service are an error.
   * Whether a change restarts the service depends on the option.
   *
   * ```ts
   * { systemd: { service: { LimitNOFILE: "4096" } } }
   * ```
   */
  options?: Input<ManagerOptions>;
  /**
   * Somebody else defines the service: a package, an installer, an administrator. Pulumi manages whether it runs,
   * starts at boot and is healthy. Its definition is read and never written, and `pulumi destroy` leaves the service
   * as it is. Allowed together with it: `connection`, `name`, `manager`, `startMode`, `running`, `hold`, `ready`,
   * `settleSeconds`, `triggers`, `whenChanged`. Default: `false`. Setting it restarts nothing. Removing it puts the
   * given definition in place, with a restart.
   *
   * ```ts
   * { name: "postgresql", existing: true, ready: { tcp: 5432 } }
   * ```
   */
  existing?: Input<boolean>;
  /**
   * Take over a service of this name that this resource did not create. Its former definition is kept on the host.
   * `pulumi destroy` removes an adopted service. Default: `false`. A change touches nothing on the host.
   *
   * ```ts
   * { name: "bots-webserver", adopt: true, command: ["/opt/bots/bin/bots-webserver"] }
   * ```
   */
  adopt?: Input<boolean>;
  /**
   * What to do when the service does not come up after an update.
   *
   * - `rollback`: go back to the definition that ran before
   * - `keep`: leave the new definition in place
   *
   * Default: `rollback`. A change touches nothing on the host.
   */
  onFailedUpdate?: Input<OnFailedUpdate>;
}
