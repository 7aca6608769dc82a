import type { Fields, Step } from "../shell/step";
import type { Ready } from "../../../schema/ready";
import { call, calls } from "../shell/library";
import type { Readiness } from "../../platform";
import { portOf, readinessOf, requestedUrl, type Found } from "../../readiness";

/** Time limit for a whole request, however slowly the answer arrives. */
const HTTP_SECONDS = 12;
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
  if (ready.http !== undefined) parts.push(call("probe_http", requestedUrl(ready.http.url), HTTP_SECONDS));
  if (ready.command !== undefined) parts.push(call("probe_command", MOST_OUTPUT, ...ready.command));
  return { name: "probe", quiet: true, script: calls(...parts) };
}

/** Parses the output of {@link probeStep}. */
export function probeResult(ready: Ready, fields: Fields): Readiness {
  const ownPorts = (fields.get("own_ports") ?? "").split(/\s+/).filter(Boolean);
  const http = fields.get("http");
  return readinessOf(ready, {
    port: listener((fields.get("port") ?? "none").split(" ")),
    ownPorts: ownPorts.map((port) => parseInt(port, 16)),
    ...(http !== undefined && { http }),
    command: { code: fields.get("command"), output: fields.get("command_output") ?? "" },
  });
}

function listener([found, pid, program = ""]: readonly string[]): NonNullable<Found["port"]> {
  if (found === "own" || found === "none") return found;
  return { stranger: pid === undefined ? undefined : { pid, program } };
}
