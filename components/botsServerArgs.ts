import type { Input } from "@pulumi/pulumi";
import type { Connection } from "../resources/connection";
import type { Ready, RunAs, ServiceArgs } from "../resources/service";

/** The Bots programs on a host. */
export interface ExistingBots {
  /** Bots is on the host already. Must be true. */
  existing: Input<boolean>;
  /**
   * The folder of the Bots programs, absolute: `/usr/local/bin`, or the `bin` folder of a virtual environment, such as
   * `/opt/bots/bin`.
   */
  bin: Input<string>;
  /** What the names of the programs end with, when they are not as in Bots 3.3: `.py`, as in `bots-webserver.py`. */
  suffix?: Input<".py">;
  /** Which line of Bots it is: `classic` (the default) is every release up to 3.3.1; the other one is `4.x`. */
  flavour?: Input<"classic" | "4.x">;
}

/** The web interface, as bots.ini has it. */
export interface BotsWeb {
  /** `[webserver] port` of bots.ini: it is not set from here, but asked there. Default: 8080. */
  port?: Input<number>;
  /** bots.ini gives it a certificate, so that it speaks https. Default: false. */
  tls?: Input<boolean>;
}

/** The job queue server, as bots.ini has it. */
export interface BotsQueue {
  /** `[jobqueue] port` of bots.ini: it is not set from here, but asked there. Default: 28082. */
  port?: Input<number>;
}

/** A Bots environment on a host: its folders, and what its bots.ini says. */
export interface BotsEnvironmentSettings {
  /** The folder of the environment, absolute: `/srv/bots`. The daemons run in it. */
  path: Input<string>;
  /**
   * The folder of bots.ini and settings.py, absolute. Default: `config` in `path`. `false` for an installation whose
   * daemons are started without `-c`: what Bots reads then depends on the flavour, and a warning says it.
   */
  config?: Input<string | false>;
  /** Bots 4.x only: the name of the environment (the variable BOTSENV). Default: `default`. */
  name?: Input<string>;
  /** The web interface. */
  web?: Input<BotsWeb>;
  /** The job queue server. */
  queue?: Input<BotsQueue>;
}

/**
 * What differs from the preset of a daemon: any property of a `bots.Service` but its connection. Objects are merged,
 * `environment: { TZ: "UTC" }` adds one variable; `requires` adds to what the preset requires; all else replaces.
 */
export interface DaemonArgs extends Partial<Omit<ServiceArgs, "connection" | "ready" | "existing">> {
  /**
   * Somebody else defines the daemon's service: `{ existing: true, name: "bots-web" }`. It keeps its definition; the preset
   * gives it its probe. Default: false.
   */
  existing?: boolean;
  /** Another probe than the preset's, another `timeoutSeconds` for it, or `false`: a daemon that stays up is ready. */
  ready?: Input<Ready | false>;
}

/** Which daemons run. `true`, or an object with what differs from the preset; `false` for one that is not managed here. */
export interface Daemons {
  /** The web interface, bots-webserver. Default: true. */
  webserver?: boolean | DaemonArgs;
  /** The job queue server, bots-jobqueueserver. bots.ini must have `[jobqueue] enabled = True`. Default: false. */
  jobQueue?: boolean | DaemonArgs;
  /** The directory monitor, bots-dirmonitor: needs a job queue server, and is started after it. Default: false. */
  dirMonitor?: boolean | DaemonArgs;
}

/** A host with Bots on it. */
export interface BotsServerArgs {
  /** How to reach the host. Its `host`, which machine it is, is the name of this server when nothing else is given. */
  connection?: Input<Connection>;
  /** The Bots programs on the host: `{ existing: true, bin: "/usr/local/bin" }`. */
  bots: Input<ExistingBots>;
  /** The Bots environment that the daemons run: `{ path: "/srv/bots", web: { port: 8080 } }`. */
  environment: Input<BotsEnvironmentSettings>;
  /** Which daemons run, and what differs from their presets. Default: the web interface alone. */
  daemons?: Daemons;
  /** The user that the daemons run as. Default: `{ user: "bots" }`. */
  runAs?: Input<RunAs>;
  /** File mode creation mask of the daemons in octal, such as "0027". Default: the service manager's. */
  umask?: Input<string>;
  /** Any values, such as the hash of bots.ini: a change restarts the daemons. */
  triggers?: Input<Record<string, unknown>>;
  /** Why a person stopped the daemons, such as "restore from backup": meanwhile they are neither started nor stopped. */
  hold?: Input<string>;
  /** Take over services of these names that somebody made by hand. What was there is kept on the host. Default: false. */
  adopt?: Input<boolean>;
  /** The host is not to be contacted, and why, such as "being rebuilt until Friday". Its services stay in the state. */
  suspended?: Input<string>;
}
