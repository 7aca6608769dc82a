import { syntaxOf } from "../model/hostPath";
import { defaultPorts } from "./daemons";
import type { BotsEnvironment } from "./environment";

/** How to tell that a daemon does its work: the `ready` of a service. All of it only looks. */
export type DaemonReady =
  { http: { url: string; status: number; headers?: Record<string, string> } } | { command: string[]; readOnly: true };

/**
 * The login page, from the web server itself. In 4.x it is answered with 500 when the database is missing; in classic it
 * says nothing about the database. The address, not `localhost`: Bots listens on IPv4 only.
 */
export function webReady({ web }: Pick<BotsEnvironment, "web">): DaemonReady {
  const url = `${web?.tls ? "https" : "http"}://127.0.0.1:${web?.port ?? defaultPorts.web}/login/`;
  return { http: { url, status: 200, headers: { Server: "bots-webserver" } } };
}

/**
 * A GET, which an XML-RPC server answers with 501: it takes POST only. It goes through the same single loop as the jobs
 * do, so it tells a live queue from a hung one; it is checked that the service's own process has the port, so it tells it
 * from a stranger or from a queue that never got it (which stays alive, listening nowhere); and it calls no method, so
 * no job is queued. Needs no Python on the host, as a call of an unknown method would.
 */
export function queueReady({ queue }: Pick<BotsEnvironment, "queue">): DaemonReady {
  return { http: { url: `http://127.0.0.1:${queue?.port ?? defaultPorts.queue}/`, status: 501 } };
}

/**
 * A directory monitor has no port, and one whose directories are missing is up and idle. The kernel knows what it
 * watches: a line "inotify" for each directory (proc(5), fdinfo). Windows does not tell.
 */
export function watchReady({ path }: Pick<BotsEnvironment, "path">): DaemonReady | undefined {
  return syntaxOf(path).sep === "/" ? { command: ["/bin/sh", "-c", watching], readOnly: true } : undefined;
}

const watching = `
for pid in $SERVICE_PIDS; do
  grep -qs ^inotify /proc/$pid/fdinfo/* && exit 0
done
echo "it watches no directory: do those of the dirmonitor sections in bots.ini exist?"
exit 1`.trim();
