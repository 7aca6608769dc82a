import { syntaxOf } from "../model/hostPath";
import { defaultPorts } from "./daemons";
import type { BotsEnvironment } from "./environment";

/** Probes for the daemons, to use as `ready` of a service. They change nothing. */
export type DaemonReady =
  { http: { url: string; status: number; headers?: Record<string, string> } } | { command: string[]; readOnly: true };

/**
 * Gets the login page of the web server. Bots 4 answers with 500 when the database is missing; classic Bots does not access
 * the database for it. The URL has an address, not `localhost`, because Bots listens on IPv4 only.
 */
export function webReady({ web }: Pick<BotsEnvironment, "web">): DaemonReady {
  const url = `${web?.tls ? "https" : "http"}://127.0.0.1:${web?.port ?? defaultPorts.web}/login/`;
  return { http: { url, status: 200, headers: { Server: "bots-webserver" } } };
}

/**
 * Sends a GET, which an XML-RPC server answers with 501, because it accepts only POST. The answer comes from the same loop as
 * the jobs, so a hung queue fails. The provider checks that the service's own process has the port, so another process on the
 * port fails, and so does a queue that did not get the port, which stays alive without listening. A GET calls no method and
 * so queues no job. Unlike an XML-RPC call, it needs no Python on the host.
 */
export function queueReady({ queue }: Pick<BotsEnvironment, "queue">): DaemonReady {
  return { http: { url: `http://127.0.0.1:${queue?.port ?? defaultPorts.queue}/`, status: 501 } };
}

/**
 * A directory monitor has no port, and it stays up and idle when its directories are missing. The kernel shows what it watches:
 * a line "inotify" for each directory (proc(5), fdinfo). Windows has no equivalent.
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
