/** The process that was seen, as `PID BORN` in words for the shell; `0 0` when none was. `incarnation` is `PID@BORN…`. */
export function processWords({ pid, incarnation }: { pid?: number; incarnation?: string }): string {
  const born = /^\d+@(\d+)/.exec(incarnation ?? "")?.[1];
  return pid === undefined || born === undefined ? "0 0" : `${pid} ${born}`;
}
