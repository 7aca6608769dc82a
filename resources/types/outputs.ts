// Made from schema/ by `npm run reference`: change it there.
import type { Output, Unwrap } from "@pulumi/pulumi";
import type { ManagerOptions } from "./options";
import type { Logs, Reload, Restart, RunAs, Stop } from "./definition";

/** A file on the host that is part of a service. */
export interface LiveFile {
  /** Absolute path on the host. */
  path: string;
  /** Owner and group, such as `root:root`. */
  owner: string;
  /** Permissions: four octal digits. */
  mode: string;
  /** SHA-256 of the content. Unset for a file that holds secrets. */
  sha256?: string;
}

/**
 * What could be read of the definition of an existing service. It informs people; nothing acts on it. Either `value`
 * or `unknown` is set.
 */
export interface Observation {
  /** The property: `command`, `runAs.user`, `environment.LANG`; or `pidFile`. */
  property: string;
  /** Its value, if the definition determines it. */
  value?: unknown;
  /** Why the value can't be known without running the program. */
  unknown?: string;
  /** The file where the value was read. */
  file: string;
  /** The line in the file, from 1. Unset where the value comes from the file as a whole. */
  line?: number;
}

/** A line on the host that no property covers. */
export interface UnmappedLine {
  /** The file. */
  file: string;
  /** The text of the line. */
  line: string;
}

/** What a service is on its host. */
export interface ServiceOutputs {
  /** Name of the service, as the service manager knows it. */
  readonly name: Output<string>;
  /** Human-readable name. */
  readonly displayName: Output<string | undefined>;
  /** What the service does, in one line. */
  readonly description: Output<string | undefined>;
  /**
   * The program, by absolute path, and its arguments. Each argument arrives exactly as given; no shell is involved.
   * Required, unless `options.systemd.service.ExecStart` is set.
   */
  readonly command: Output<string[] | undefined>;
  /** The directory that the program runs in: an absolute path. */
  readonly workingDirectory: Output<string | undefined>;
  /** File mode creation mask: three or four octal digits, as text. */
  readonly umask: Output<string | undefined>;
  /**
   * Environment variables. Secret values go to a file that only root can read; on Windows they are refused. Every user
   * of the host can read the other values.
   */
  readonly environment: Output<Record<string, string> | undefined>;
  /** The user and group that the program runs as. */
  readonly runAs: Output<Unwrap<RunAs> | undefined>;
  /**
   * Whether the service starts at boot.
   *
   * - `automatic`: the service starts at boot
   * - `delayed`: the service starts some minutes after boot (Windows)
   * - `manual`: the service does not start at boot
   * - `disabled`: the service can't be started (Windows, or a masked unit of systemd)
   */
  readonly startMode: Output<"automatic" | "delayed" | "manual" | "disabled">;
  /** Whether the service runs and does its work. */
  readonly running: Output<boolean>;
  /** What the manager does when the program exits. */
  readonly restart: Output<Unwrap<Restart> | undefined>;
  /** How the program is stopped. */
  readonly stop: Output<Unwrap<Stop> | undefined>;
  /** How the program is told to read its configuration again, if it can. The Bots daemons can't. */
  readonly reload: Output<Unwrap<Reload> | undefined>;
  /**
   * Names of services that start before this one and are started with it. Take the names from the resources, so that
   * Pulumi keeps the order.
   */
  readonly requires: Output<string[] | undefined>;
  /** Where the program's output goes. */
  readonly logs: Output<Unwrap<Logs> | undefined>;
  /** Any values, such as the hash of a configuration file. */
  readonly triggers: Output<Record<string, unknown> | undefined>;
  /** The service manager that runs the service. */
  readonly manager: Output<string>;
  /** Options that only one service manager has. Options of a manager that does not run the service are an error. */
  readonly options: Output<Unwrap<ManagerOptions> | undefined>;
  /**
   * Somebody else defines the service: a package, an installer, an administrator. Pulumi manages whether it runs,
   * starts at boot and is healthy. Its definition is read and never written, and `pulumi destroy` leaves the service
   * as it is. Allowed together with it: `connection`, `name`, `manager`, `startMode`, `running`, `hold`, `ready`,
   * `settleSeconds`, `triggers`, `whenChanged`.
   */
  readonly existing: Output<boolean | undefined>;
  /** The machine's own id (machine-id(5)). */
  readonly machineId: Output<string>;
  /**
   * State of the service.
   *
   * - `running`: runs and does its work
   * - `stopped`: does not run
   * - `failed`: exited with an error
   * - `flapping`: exits again and again and is restarted
   * - `notReady`: runs, but the probe `ready` fails
   * - `notInstalled`: is not on the host
   * - `unknown`: the host gives no evidence whether it runs; the provider neither starts nor stops it
   */
  readonly status: Output<"running" | "stopped" | "failed" | "flapping" | "notReady" | "notInstalled" | "unknown">;
  /** Process id of the main process. Unset when none runs. */
  readonly pid: Output<number | undefined>;
  /** How often the manager has restarted the service by itself since its last start. */
  readonly restartCount: Output<number>;
  /** The files on the host that define the service. */
  readonly files: Output<LiveFile[]>;
  /** For an existing service: what could be read of its definition, and where. */
  readonly observed: Output<Observation[] | undefined>;
  /** Lines on the host that no property covers. */
  readonly unmapped: Output<UnmappedLine[]>;
  /** Whether the process still runs an older definition than the one on the host. */
  readonly restartPending: Output<boolean>;
  /** The command that shows the log of the service. */
  readonly logHint: Output<string>;
  /** Random id in the marker on the host. It says which resource owns the service. */
  readonly ownerId: Output<string | undefined>;
}

export const serviceOutputs = [
  "name",
  "displayName",
  "description",
  "command",
  "workingDirectory",
  "umask",
  "environment",
  "runAs",
  "startMode",
  "running",
  "restart",
  "stop",
  "reload",
  "requires",
  "logs",
  "triggers",
  "manager",
  "options",
  "existing",
  "machineId",
  "status",
  "pid",
  "restartCount",
  "files",
  "observed",
  "unmapped",
  "restartPending",
  "logHint",
  "ownerId",
] as const satisfies readonly (keyof ServiceOutputs)[];
