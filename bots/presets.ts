import { daemons, type Daemon } from "./daemons";
import { commandLine, folder, isWindows, variables, type BotsEnvironment } from "./environment";
import { queueReady, watchReady, webReady, type DaemonReady } from "./ready";

/** The programs of Bots on a host. */
export type Installation = Pick<BotsEnvironment, "flavour" | "bin">;

/** The part of a definition that depends on the installation alone. */
interface DaemonBasics {
  name: string;
  displayName: string;
  description: string;
  restart: { policy: "always"; delaySeconds: number; maxAttempts?: number };
  stop: { signal?: "SIGTERM"; timeoutSeconds: number; mode?: "process" | "mixed" };
}

/** The definition of a daemon, for a `bots.Service`, which adds a connection and a user. */
export interface DaemonPreset extends DaemonBasics {
  command: string[];
  workingDirectory: string;
  environment: Record<string, string>;
  requires?: string[];
  ready?: DaemonReady;
}

/**
 * - `restart` is `always`, because Bots programs exit with 0 after a usage error. On Linux, the manager gives up after sixty failed
 *   starts in a row, which is at least six minutes, so that a database or a port has time to come back. On Windows it never
 *   gives up.
 * - SIGTERM ends every daemon at once. The classic job queue ignores SIGINT.
 * - Windows has no signals: the manager sends Ctrl-C, which reaches all processes of the service, and ends what is left. The
 *   classic job queue ignores Ctrl-C, so it gets little time.
 */
export function basics(daemon: Daemon, { flavour, bin }: Installation): DaemonBasics {
  const { program, displayName, description, stopMode } = daemons[daemon];
  const texts = { name: program, displayName, description };
  if (!isWindows({ bin })) {
    const restart = { policy: "always", delaySeconds: 5, maxAttempts: 60 } as const;
    return { ...texts, restart, stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: stopMode } };
  }
  const timeoutSeconds = daemon === "jobQueue" && flavour === "classic" ? 1 : 30;
  return { ...texts, restart: { policy: "always", delaySeconds: 5 }, stop: { timeoutSeconds } };
}

/**
 * The definition of a daemon of an environment. `command` replaces the usual command line. There is no umask: partners' programs on
 * the same host may read the files that Bots writes.
 */
function preset(daemon: Daemon, environment: BotsEnvironment, command: string[] | undefined): DaemonPreset {
  const ready = { webserver: webReady, jobQueue: queueReady, dirMonitor: watchReady }[daemon](environment);
  return {
    ...basics(daemon, environment),
    command: command ?? commandLine(environment, daemon),
    workingDirectory: folder(environment.path),
    environment: variables(environment),
    // Without a queue, the monitor of Bots 4 exits, and the classic one loses the files that it sees. Windows would refuse to stop
    // the queue while a service that requires it runs, so that no update could restart it. There, the monitor is started again
    // until it finds its queue.
    ...(daemon === "dirMonitor" && !isWindows(environment) ? { requires: [daemons.jobQueue.program] } : {}),
    ...(ready && { ready }),
  };
}

/** Recommended definitions for the Bots daemons, on Linux and on Windows. Take one and change what differs. */
export const presets = {
  webserver: (environment: BotsEnvironment, command?: string[]) => preset("webserver", environment, command),
  jobQueue: (environment: BotsEnvironment, command?: string[]) => preset("jobQueue", environment, command),
  dirMonitor: (environment: BotsEnvironment, command?: string[]) => preset("dirMonitor", environment, command),
} satisfies Record<Daemon, unknown>;

/**
 * A preset as a service manager can carry it out. srvany ends a program at once and never starts it again, so it accepts neither
 * `restart` nor `stop`.
 */
export function forManager(preset: Readonly<Record<string, unknown>>, manager: unknown): Record<string, unknown> {
  if (manager !== "srvany") return preset;
  const { restart: _restart, stop: _stop, ...others } = preset;
  return others;
}
