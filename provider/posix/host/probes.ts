import type { Fields, Step } from "../shell/step";
import type { Ready } from "../../../schema/ready";
import { call, calls } from "../shell/library";
import { httpProbe, httpProblem } from "./httpProbe";

/** The result of a probe: ready, or why not. */
export type ProbeResult =
  | { ready: true }
  | {
      ready: false;
      reason: string;
      /** Another program listens on the port. */
      stranger: boolean;
    };

/** Bytes of a ready command's output that are shown. */
const MOST_OUTPUT = 4096;

/**
 * Probes once, on the service's host, whether the service is ready. Needs `$processes`, the pids of the service. A port
 * counts only if one of them listens on it: another program on the port often makes a dead service look healthy.
 * Emits `port` (`own` | `none` | `stranger PID PROGRAM` | `stranger`), `own_ports` (hex, when it is not `own`), `http` (the
 * head of the answer), `command` (exit code).
 */
export function probeStep(ready: Ready, processes: Step): Step {
  const parts = [processes.script];
  const port = portOf(ready);
  if (port !== undefined) parts.push(call("probe_port", port.toString(16).toUpperCase().padStart(4, "0")));
  if (ready.http !== undefined) parts.push(httpProbe(ready.http.url));
  if (ready.command !== undefined) parts.push(call("probe_command", MOST_OUTPUT, ...ready.command));
  return { name: "probe", quiet: true, script: calls(...parts) };
}

/** Parses the output of {@link probeStep}. */
export function probeResult(ready: Ready, fields: Fields): ProbeResult {
  const port = portOf(ready);
  if (port !== undefined) {
    const [found, pid, program] = (fields.get("port") ?? "none").split(" ");
    const own = ownPorts(fields.get("own_ports") ?? "");
    if (found === "none") return notReady(`nothing listens on port ${port}; ${own}`);
    if (found === "stranger") {
      const who = pid === undefined ? "a process that the provider can't see" : `pid ${pid} (${program ?? "unknown"})`;
      return { ready: false, reason: `port ${port} is held by another program: ${who}; ${own}`, stranger: true };
    }
  }
  if (ready.http !== undefined) {
    const problem = httpProblem(ready.http, fields.get("http") ?? "");
    return problem === undefined ? { ready: true } : notReady(problem);
  }
  if (ready.command !== undefined && fields.get("command") !== "0") {
    const output = fields.get("command_output")?.trim();
    return notReady(
      `its ready command failed (exit code ${fields.get("command") ?? "unknown"})${output ? `: ${output}` : ""}`,
    );
  }
  return { ready: true };
}

function notReady(reason: string): ProbeResult {
  return { ready: false, reason, stranger: false };
}

/** The most ports that an error lists. */
const MOST_PORTS = 8;

/** The ports on which the service listens, for errors: usually the meant port is among them. */
function ownPorts(hex: string): string {
  const ports = [...new Set(hex.split(/\s+/).filter(Boolean))].map((port) => parseInt(port, 16)).sort((a, b) => a - b);
  if (ports.length === 0) return "the service's processes listen on no TCP port";
  const more = ports.length > MOST_PORTS ? ` and ${ports.length - MOST_PORTS} more` : "";
  return `the service's processes listen on ${ports.slice(0, MOST_PORTS).join(", ")}${more}`;
}

/** The port whose listener is checked; undefined when the URL is on another machine. */
function portOf({ tcp, http }: Ready): number | undefined {
  if (http === undefined) return tcp;
  const url = new URL(http.url);
  if (!/^(?:localhost\.?|127\.\d+\.\d+\.\d+|\[::1?\]|0\.0\.0\.0)$/.test(url.hostname)) return undefined;
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}
