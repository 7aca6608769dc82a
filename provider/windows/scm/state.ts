import type { RunState } from "../../../model/service";
import type { ServiceRecord } from "../reading/record";

/** Exit codes of services that are none of a program (winerror.h). */
const SERVICE_SPECIFIC = 1066;
const NEVER_STARTED = 1077;
const REASONS: Record<number, string> = {
  1067: "its process ended unexpectedly",
  1069: "the logon of its account failed",
  1053: "it did not answer the service control manager in time",
  2: "its program was not found",
  3: "the path of its program was not found",
  5: "access to its program was denied",
};

/** The state of a service as the service control manager tells it: of the wrapper, where there is one. */
export function stateOf({ scm, processes, blind }: ServiceRecord): RunState {
  const none = { restartCount: 0, inTransit: false };
  if (scm === undefined) return { ...none, status: "notInstalled" };
  if (blind !== undefined && scm.pid !== 0) return { ...none, status: "unknown", reason: blind };
  switch (scm.state) {
    case "Running":
    case "Paused":
    case "Pause Pending":
    case "Continue Pending": {
      const process = processes.find(({ pid }) => pid === scm.pid);
      return {
        ...none,
        status: "running",
        pid: scm.pid,
        ...(process && { incarnation: `${scm.pid}@${process.created}`, startedUptime: process.created }),
        inTransit: scm.state.endsWith("Pending"),
      };
    }
    case "Start Pending":
    case "Stop Pending": {
      const reason = scm.state === "Start Pending" ? "it is starting" : "it is stopping";
      return { ...none, status: "stopped", reason, pid: scm.pid, inTransit: true };
    }
    case "Stopped":
      return { ...none, ...stopped(scm.exitCode, scm.specificExitCode) };
    case "Unknown":
      return { ...none, status: "unknown", reason: "the service control manager does not tell its state" };
  }
}

function stopped(exitCode: number, specific: number): Pick<RunState, "status" | "reason"> {
  const code = exitCode === SERVICE_SPECIFIC ? specific : exitCode;
  if (code === 0 || exitCode === NEVER_STARTED) return { status: "stopped" };
  const reason = exitCode === SERVICE_SPECIFIC ? `exit code ${specific}` : (REASONS[exitCode] ?? `exit code ${code}`);
  return { status: "failed", reason };
}
