/** The process that was seen, as the shell takes it: its pid and its start time; 0 and 0 when none was. `incarnation` is `PID@BORN…`. */
export function processOf({ pid, incarnation }: { pid?: number; incarnation?: string }): [string, string] {
  const born = /^\d+@(\d+)/.exec(incarnation ?? "")?.[1];
  return pid === undefined || born === undefined ? ["0", "0"] : [String(pid), born];
}

/**
 * The same of a process that the state may know by its pid alone: without a start time the shell takes the process that has
 * the pid now.
 */
export function seenProcess(seen: { pid?: number; incarnation?: string }): string[] {
  const { pid, incarnation } = seen;
  return pid === undefined || incarnation !== undefined ? processOf(seen) : [String(pid)];
}
