import type { Ready } from "../schema/ready";
import type { Readiness } from "./platform";

/** What a probe found on the host, on any platform. */
export interface Found {
  /** Who listens on the port: the service, nobody, or another program. `undefined` in `stranger`: it can't be seen. */
  port?: "own" | "none" | { stranger: { pid: string; program: string } | undefined };
  /** The ports on which the service's processes listen, when the port is not among them. */
  ownPorts?: readonly number[];
  /** The head of the answer to a GET, or the error of the program that sent it. */
  http?: string;
  command?: { code: string | undefined; output: string };
}

/** Whether a service is ready, by what a probe found. */
export function readinessOf(ready: Ready, { port: found, ownPorts = [], http, command }: Found): Readiness {
  const port = portOf(ready);
  if (port !== undefined && found !== "own") {
    const own = ownPortsText(ownPorts);
    if (found === undefined || found === "none") return notReady(`nothing listens on port ${port}; ${own}`);
    const { stranger } = found;
    const who =
      stranger === undefined
        ? "a process that the provider can't see"
        : `pid ${stranger.pid} (${stranger.program || "unknown"})`;
    return { ready: false, reason: `port ${port} is held by another program: ${who}; ${own}`, stranger: true };
  }
  if (ready.http !== undefined) {
    const problem = httpProblem(ready.http, http ?? "");
    return problem === undefined ? { ready: true } : notReady(problem);
  }
  if (ready.command !== undefined && command?.code !== "0") {
    const output = command?.output.trim();
    return notReady(`its ready command failed (exit code ${command?.code ?? "unknown"})${output ? `: ${output}` : ""}`);
  }
  return { ready: true };
}

function notReady(reason: string): Readiness {
  return { ready: false, reason, stranger: false };
}

/** The most ports that an error lists. */
const MOST_PORTS = 8;

/** The ports on which the service listens, for errors: usually the meant port is among them. */
function ownPortsText(all: readonly number[]): string {
  const ports = [...new Set(all)].sort((a, b) => a - b);
  if (ports.length === 0) return "the service's processes listen on no TCP port";
  const more = ports.length > MOST_PORTS ? ` and ${ports.length - MOST_PORTS} more` : "";
  return `the service's processes listen on ${ports.slice(0, MOST_PORTS).join(", ")}${more}`;
}

/** The port whose listener is checked; undefined when the URL is on another machine. */
export function portOf({ tcp, http }: Ready): number | undefined {
  if (http === undefined) return tcp;
  const url = new URL(http.url);
  if (!/^(?:localhost\.?|127\.\d+\.\d+\.\d+|\[::1?\]|0\.0\.0\.0)$/.test(url.hostname)) return undefined;
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

/** The URL that all tools request alike: normalized as in browsers, without the fragment, and escaped as wget does. */
export function requestedUrl(url: string): string {
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href.replace(/[{}|^`]/g, encodeURIComponent);
}

/** Why an answer is not the wanted one; undefined when it is. */
function httpProblem({ url, status, headers = {} }: NonNullable<Ready["http"]>, answer: string): string | undefined {
  const lines = answer.split(/\r?\n/).map((line) => line.trim());
  const codes = lines.flatMap((line) => (/^HTTP\/\S+ \d{3}/.test(line) ? [Number(line.split(" ")[1])] : []));
  const code = codes.find((each) => each >= 200); // 1xx come before the answer (RFC 9110, 15.2)
  if (code === undefined) return `GET ${url} failed: ${lines.at(-1) || lines.find(Boolean) || "no answer"}`;
  const fine = status === undefined ? code < 400 : code === status;
  if (!fine) return `GET ${url} answers ${code}${status === undefined ? "" : `, not ${status}`}`;
  const seen = new Map(
    lines.flatMap((line) => {
      const match = /^([\w-]+):(.*)$/.exec(line);
      return match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : [];
    }),
  );
  for (const [name, wanted] of Object.entries(headers)) {
    const found = seen.get(name.toLowerCase());
    if (found !== wanted) return `GET ${url} answers with ${name}: ${found ?? "none"}, not ${wanted}`;
  }
  return undefined;
}
