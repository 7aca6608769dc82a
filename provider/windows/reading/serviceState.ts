import type { ScmService, ScmState } from "./record";

/** The states as `sc` prints them: a number and a word (winsvc.h). Windows translates neither. */
const STATES: Record<string, ScmState> = {
  "1  STOPPED": "Stopped",
  "2  START_PENDING": "Start Pending",
  "3  STOP_PENDING": "Stop Pending",
  "4  RUNNING": "Running",
  "5  CONTINUE_PENDING": "Continue Pending",
  "6  PAUSE_PENDING": "Pause Pending",
  "7  PAUSED": "Paused",
};

export type ServiceState = Pick<ScmService, "state" | "pid" | "exitCode" | "specificExitCode">;

/**
 * What `sc queryex` prints. Windows translates the labels, so that only the order and the form of the numbers count: after the line
 * of the state come two exit codes, each in both notations, and later the pid as the first other decimal number. Undefined when it
 * is something else.
 */
export function parseState(lines: readonly string[]): ServiceState | undefined {
  const states = lines.map((line) => STATES[line.slice(line.indexOf(":") + 1).trim()]);
  const at = states.findIndex((state) => state !== undefined);
  const state = states[at];
  const after = lines.slice(at + 1);
  const numbers = (form: RegExp) => after.flatMap((line) => form.exec(line)?.slice(1).map(Number) ?? []);
  const [exitCode, specificExitCode] = numbers(/:\s*(\d+)\s+\(0x[0-9a-f]+\)/i);
  const [pid] = numbers(/:\s*(\d+)\s*$/);
  if (state === undefined || exitCode === undefined || specificExitCode === undefined || pid === undefined)
    return undefined;
  return { state, pid, exitCode, specificExitCode };
}
