/** The observed process as shell arguments: its pid and its start time, or 0 and 0 for none. `incarnation` is `PID@START…`. */
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
