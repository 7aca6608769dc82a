import { shQuote } from "../../shell/quote";

/** A systemctl(1) that only does its own bookkeeping, bounded. It asks for no password, and its words go into the error. */
export function systemctl(seconds: number, verb: string, ...args: string[]): string {
  return bounded(String(seconds), "", verb, args);
}

/**
 * The same for what starts, stops or reloads a service: systemd's own limits rule, TimeoutStartSec and the like, and then
 * the time of the operation.
 */
export function systemctlJob(verb: string, ...args: string[]): string {
  return bounded("$(pb_left)", ": the operation has no more time (customTimeouts)", verb, args);
}

function bounded(seconds: string, why: string, verb: string, args: readonly string[]): string {
  const command = ["systemctl", "--no-ask-password", verb, ...args.map(shQuote)].join(" ");
  const late = `echo "systemctl ${verb}: not done within $seconds seconds${why}" >&2`;
  return `{ seconds=${seconds}; timeout -k 10 "$seconds" ${command} >&2 || { rc=$?; [ $rc != 124 ] || ${late}; (exit $rc); }; }`;
}
