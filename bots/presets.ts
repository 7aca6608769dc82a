import { folderOf } from "../model/hostPath";
import { daemons, type Daemon } from "./daemons";
import { commandLine, variables, type BotsEnvironment } from "./environment";
import { queueReady, watchReady, webReady, type DaemonReady } from "./ready";

/** The part of a definition that does not depend on the environment. */
export interface DaemonBasics {
  name: string;
  displayName: string;
  description: string;
  restart: { policy: "always"; delaySeconds: number; maxAttempts: number };
  stop: { signal: "SIGTERM"; timeoutSeconds: number; mode: "process" | "mixed" };
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
 * - `restart` is `always`, because Bots programs exit with 0 after a usage error. The manager gives up after sixty failed starts
 *   in a row, which is at least six minutes, so that a database or a port has time to come back.
 * - SIGTERM ends every daemon at once. The classic job queue ignores SIGINT.
 * - There is no umask: partners' programs on the same host may read the files that Bots writes.
 */
export function basics(daemon: Daemon): DaemonBasics {
  const { program, displayName, description, stopMode } = daemons[daemon];
  return {
    name: program,
    displayName,
    description,
    restart: { policy: "always", delaySeconds: 5, maxAttempts: 60 },
    stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: stopMode },
  };
}

/** The definition of a daemon of an environment. `command` replaces the usual command line. */
function preset(daemon: Daemon, environment: BotsEnvironment, command: string[] | undefined): DaemonPreset {
  const ready = { webserver: webReady, jobQueue: queueReady, dirMonitor: watchReady }[daemon](environment);
  return {
    ...basics(daemon),
    command: command ?? commandLine(environment, daemon),
    workingDirectory: folderOf(environment.path),
    environment: variables(environment),
    // Without a queue, the monitor of Bots 4 exits, and the classic one loses the files that it sees.
    ...(daemon === "dirMonitor" ? { requires: [daemons.jobQueue.program] } : {}),
    ...(ready && { ready }),
  };
}

/** Recommended definitions for the Bots daemons. Take one and change what differs. */
export const presets = {
  webserver: (environment: BotsEnvironment, command?: string[]) => preset("webserver", environment, command),
  jobQueue: (environment: BotsEnvironment, command?: string[]) => preset("jobQueue", environment, command),
  dirMonitor: (environment: BotsEnvironment, command?: string[]) => preset("dirMonitor", environment, command),
} satisfies Record<Daemon, unknown>;
