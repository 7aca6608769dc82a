// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { Connection } from "../resources/types/connection";
import type { ReadyProperties } from "../resources/types/ready";
import type { RunAs } from "../resources/types/definition";
import type { ServiceArgs } from "../resources/types/service";
import type { AtMostOne } from "../resources/types/atMostOne";

/**
 * - `classic`: every release up to 3.3.1
 * - `4.x`: Bots 4
 */
export type BotsFlavour = "classic" | "4.x";

/**
 * The Bots programs on a host.
 *
 * ```ts
 * { existing: true, bin: "/opt/bots/bin" }
 * ```
 */
export interface ExistingBots {
  /** Bots is installed on the host already. Must be true. */
  existing: Input<boolean>;
  /**
   * The directory of the Bots programs: an absolute path, such as `/usr/local/bin`, the `bin` of a virtual
   * environment, or `Scripts` on Windows. A path of Windows means that the host is a Windows host. Example:
   * `"/opt/bots/bin"`.
   */
  bin: Input<string>;
  /**
   * Suffix of the programs' names: `.py` for Bots up to 3.2. On Windows, they are then run by `python.exe` in the
   * directory above `bin`. Default: none, or `.exe` on Windows.
   */
  suffix?: Input<".py">;
  /**
   * Which release line of Bots it is.
   *
   * - `classic`: every release up to 3.3.1
   * - `4.x`: Bots 4
   *
   * Default: `classic`.
   */
  flavour?: Input<BotsFlavour>;
}

/** The web interface, as bots.ini configures it. */
export interface BotsWeb {
  /** `[webserver] port` of bots.ini. It tells the probe where to look; it does not set the port. Default: `8080`. */
  port?: Input<number>;
  /** bots.ini names a certificate, so the web interface uses HTTPS. Default: `false`. */
  tls?: Input<boolean>;
}

/** The job queue server, as bots.ini configures it. */
export interface BotsQueue {
  /** `[jobqueue] port` of bots.ini. It tells the probe where to look; it does not set the port. Default: `28082`. */
  port?: Input<number>;
}

/**
 * A Bots environment on a host: its directories, and what its bots.ini says.
 *
 * ```ts
 * { path: "/srv/bots", web: { port: 8080 } }
 * ```
 */
export interface BotsEnvironmentSettings {
  /** The directory of the Bots environment: an absolute path. The daemons run in it. Example: `"/srv/bots"`. */
  path: Input<string>;
  /**
   * The directory of bots.ini and settings.py: an absolute path. `false` starts the daemons without `-c`; which
   * configuration Bots reads then depends on the flavour, and a warning names it. Default: `config` in `path`.
   */
  config?: Input<string | false>;
  /** Bots 4 only: the name of the environment (`BOTSENV`). Default: `default`. */
  name?: Input<string>;
  /** The web interface, as bots.ini configures it. */
  web?: Input<BotsWeb>;
  /** The job queue server, as bots.ini configures it. */
  queue?: Input<BotsQueue>;
}

/**
 * A probe that replaces the preset's, or only another time limit for the preset's probe.
 *
 * ```ts
 * { timeoutSeconds: 120 }
 * ```
 */
export type DaemonReady = ReadyProperties & AtMostOne<"tcp" | "http" | "command">;

/**
 * What differs from the preset of a daemon: any property of a service except `connection`. Objects are merged with the
 * preset, `requires` adds to it, everything else replaces it.
 *
 * ```ts
 * { environment: { TZ: "UTC" } }
 * ```
 */
export interface DaemonArgs extends Omit<ServiceArgs, "connection" | "name" | "ready" | "existing"> {
  /**
   * Name of the service, as the service manager knows it. Default: the name of the program, such as `bots-webserver`.
   * A change replaces the service. Example: `"bots-webserver"`.
   */
  name?: Input<string>;
  /**
   * Somebody else defines the daemon's service. Its definition stays as it is; the preset provides the probe. Default:
   * `false`. Setting it restarts nothing. Removing it puts the given definition in place, with a restart.
   *
   * ```ts
   * { existing: true, name: "bots-web" }
   * ```
   */
  existing?: boolean;
  /**
   * Another probe, or another `timeoutSeconds` for the preset's probe. `false`: a daemon that stays up is ready.
   * Default: the preset's probe. A change touches nothing on the host.
   */
  ready?: Input<DaemonReady | false>;
}

/**
 * Which daemons run: `true`, `false`, or an object with what differs from the preset. `false` leaves a daemon
 * unmanaged.
 *
 * ```ts
 * { webserver: true, jobQueue: true, dirMonitor: { environment: { TZ: "UTC" } } }
 * ```
 */
export interface Daemons {
  /** The web interface, bots-webserver. Default: `true`. */
  webserver?: boolean | DaemonArgs;
  /** The job queue server, bots-jobqueueserver. It needs `[jobqueue] enabled = True` in bots.ini. Default: `false`. */
  jobQueue?: boolean | DaemonArgs;
  /** The directory monitor, bots-dirmonitor. It needs a job queue server and starts after it. Default: `false`. */
  dirMonitor?: boolean | DaemonArgs;
}

/** A host with Bots on it. */
export interface BotsServerArgs {
  /**
   * How to reach the host. Unless set, its `host` is the name of this server.
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
  /**
   * The Bots programs on the host.
   *
   * ```ts
   * { existing: true, bin: "/opt/bots/bin" }
   * ```
   */
  bots: Input<ExistingBots>;
  /**
   * The Bots environment that the daemons run in.
   *
   * ```ts
   * { path: "/srv/bots", web: { port: 8080 } }
   * ```
   */
  environment: Input<BotsEnvironmentSettings>;
  /**
   * Which daemons run, and what differs from their presets. Default: `{ webserver: true }`.
   *
   * ```ts
   * { webserver: true, jobQueue: true, dirMonitor: { environment: { TZ: "UTC" } } }
   * ```
   */
  daemons?: Daemons;
  /**
   * The user and group that the daemons run as. Default: `{ user: "bots" }`; on Windows LocalSystem.
   *
   * ```ts
   * { user: "bots" }
   * ```
   */
  runAs?: Input<RunAs>;
  /**
   * File mode creation mask of the daemons: three or four octal digits, as text. Default: the service manager's own.
   * Example: `"0027"`.
   */
  umask?: Input<string>;
  /**
   * Any values, such as the hash of bots.ini. A change restarts the daemons.
   *
   * ```ts
   * { config: "sha256:4f53…" }
   * ```
   */
  triggers?: Input<Record<string, unknown>>;
  /**
   * Why a person stopped the daemons on purpose. While it is set, they are neither started nor stopped, and every
   * preview shows the reason. Example: `"restore from backup"`.
   */
  hold?: Input<string>;
  /**
   * Take over services of these names that this server did not create. Their former definitions are kept on the host.
   * Default: `false`.
   */
  adopt?: Input<boolean>;
  /**
   * Why the host must not be contacted. Its services stay in the state as they are. Example: `"being rebuilt until
   * Friday"`.
   */
  suspended?: Input<string>;
}
