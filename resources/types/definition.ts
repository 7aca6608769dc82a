// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { AtMostOne } from "./atMostOne";

/**
 * The user and group that the program runs as.
 *
 * ```ts
 * { user: "bots" }
 * ```
 */
export interface RunAs {
  /**
   * User name or numeric id. On Windows `LocalSystem`, `LocalService`, `NetworkService`, the service's own account `NT
   * SERVICE\NAME`, a group managed account `DOMAIN\NAME$`, or, with `password`, `.\NAME`, `DOMAIN\NAME` or
   * `NAME@DOMAIN`. Default: root; on Windows LocalSystem.
   */
  user?: Input<string>;
  /**
   * The password of the account, on Windows: for an account of the host or of a domain. It is set when it is new or
   * has changed. Default: none, for accounts without a password. Pulumi keeps it as a secret.
   */
  password?: Input<string>;
  /** Group name or numeric id. Default: the user's own group. */
  group?: Input<string>;
}

/**
 * - `always`: after every exit
 * - `onFailure`: after an exit with an error
 * - `never`: the manager does not restart it
 */
export type RestartPolicy = "always" | "onFailure" | "never";

/**
 * What the manager does when the program exits.
 *
 * ```ts
 * { policy: "always", delaySeconds: 5, maxAttempts: 0 }
 * ```
 */
export interface Restart {
  /**
   * When the manager restarts a program that exits.
   *
   * - `always`: after every exit
   * - `onFailure`: after an exit with an error
   * - `never`: the manager does not restart it
   *
   * Default: the service manager's own.
   */
  policy?: Input<RestartPolicy>;
  /** Time between the exit and the next start. In seconds. Default: the service manager's own. */
  delaySeconds?: Input<number>;
  /**
   * How many starts in a row may fail, each within ten seconds, before the manager gives up. 0: no limit. Default: the
   * service manager's own.
   */
  maxAttempts?: Input<number>;
}

/**
 * - `mixed`: the signal goes to the main process; after the time limit all processes are killed
 * - `process`: only the main process gets the signal and is killed
 * - `group`: all processes of the service get the signal and are killed
 */
export type StopMode = "mixed" | "process" | "group";

/**
 * How the program is stopped.
 *
 * ```ts
 * { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" }
 * ```
 */
export interface Stop {
  /** The signal that asks the program to exit. Default: the service manager's own, usually SIGTERM. */
  signal?: Input<string>;
  /** How long the program may take to exit before it is killed. In seconds. Default: the service manager's own. */
  timeoutSeconds?: Input<number>;
  /**
   * Which processes are stopped.
   *
   * - `mixed`: the signal goes to the main process; after the time limit all processes are killed
   * - `process`: only the main process gets the signal and is killed
   * - `group`: all processes of the service get the signal and are killed
   *
   * Default: the service manager's own.
   */
  mode?: Input<StopMode>;
}

/** The properties of {@link Reload}. */
export interface ReloadProperties {
  /** The signal that makes the program read its configuration again. */
  signal?: Input<string>;
  /** The command that makes the program read its configuration again: an absolute path and arguments. */
  command?: Input<Input<string>[]>;
}

/**
 * How the program is told to read its configuration again. Give either `signal` or `command`.
 *
 * ```ts
 * { signal: "SIGHUP" }
 * ```
 */
export type Reload = ReloadProperties & AtMostOne<"signal" | "command">;

/**
 * Where the program's output goes.
 *
 * ```ts
 * { stdout: "/var/log/bots/web.log" }
 * ```
 */
export interface Logs {
  /** Where standard output goes: an absolute path, or `discard`. Default: the service manager's own log. */
  stdout?: Input<string>;
  /** Where standard error goes: an absolute path, or `discard`. Default: the value of `stdout`. */
  stderr?: Input<string>;
}
