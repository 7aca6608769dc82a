import { folderOf } from "../model/hostPath";
import { daemons, type Daemon } from "./daemons";
import { commandLine, variables, type BotsEnvironment } from "./environment";
import { queueReady, watchReady, webReady, type DaemonReady } from "./ready";

/** What is the same for a daemon wherever it runs. */
export interface DaemonBasics {
  name: string;
  displayName: string;
  description: string;
  restart: { policy: "always"; delaySeconds: number; maxAttempts: number };
  stop: { signal: "SIGTERM"; timeoutSeconds: number; mode: "process" | "mixed" };
}

/** The definition of a daemon, to be given to a `bots.Service` with a connection and the user that it runs as. */
export interface DaemonPreset extends DaemonBasics {
  command: string[];
  workingDirectory: string;
  environment: Record<string, string>;
  requires?: string[];
  ready?: DaemonReady;
}

/**
 * - restart always: a usage error of a Bots program ends with 0, which looks like a good end. Sixty failed starts in a row,
 *   six minutes or more, and the manager gives up: until then a database or a port has time to come back.
 * - SIGTERM, which ends every daemon at once; the classic job queue does not listen to SIGINT.
 * - no umask: partners' programs on the same host may read what Bots writes.
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

/** The definition of a daemon of an environment. Another command line than the usual one may stand for it. */
function preset(daemon: Daemon, environment: BotsEnvironment, command: string[] | undefined): DaemonPreset {
  const ready = { webserver: webReady, jobQueue: queueReady, dirMonitor: watchReady }[daemon](environment);
  return {
    ...basics(daemon),
    command: command ?? commandLine(environment, daemon),
    workingDirectory: folderOf(environment.path),
    environment: variables(environment),
    // 4.x's monitor ends when it finds no queue, the classic one loses what it sees.
    ...(daemon === "dirMonitor" ? { requires: [daemons.jobQueue.program] } : {}),
    ...(ready && { ready }),
  };
}

/** What is known of running each Bots daemon well, as definitions of services: take one and change what differs. */
export const presets = {
  webserver: (environment: BotsEnvironment, command?: string[]) => preset("webserver", environment, command),
  jobQueue: (environment: BotsEnvironment, command?: string[]) => preset("jobQueue", environment, command),
  dirMonitor: (environment: BotsEnvironment, command?: string[]) => preset("dirMonitor", environment, command),
} satisfies Record<Daemon, unknown>;
