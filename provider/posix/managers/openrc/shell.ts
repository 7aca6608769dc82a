import { shQuote } from "../../shell/quote";
import type { Definition, Live } from "../../../../model/service";
import { DEFAULT_STOP_SECONDS } from "./machinery";
import { PROCESS_FUNCTIONS } from "./processes";

/** How long the stop of a service may take: its own time-out, and what its processes need after the kill. */
export function stopSeconds(definition: Definition): number {
  return (definition.stop?.timeoutSeconds ?? DEFAULT_STOP_SECONDS) * 2 + 40;
}

/**
 * Shell functions for steps. `ask SECONDS ACTION OPTION...` has OpenRC do something with the service, in a bounded time;
 * the daemon gets nothing of ours but a stderr that is a file. `now` leaves in `$pids` the processes that are surely
 * the service's: those that bear our mark, and the one that was seen before, which may be of a script that is not ours.
 */
export function functions(name: string, live: Live): string {
  const n = shQuote(name);
  const { pid = 0, incarnation = "" } = live.state;
  const born = incarnation.slice(incarnation.indexOf("@") + 1);
  return `
${PROCESS_FUNCTIONS}
name=${n}
ask() {
  seconds=$1; shift
  pb_bounded "$seconds" rc-service "$@" </dev/null >&2 3>&-
  rc=$?
  [ $rc != 124 ] || echo "rc-service $*: not done within $seconds seconds" >&2
  return $rc
}
now() {
  pids=$(pb_mains "$name")
  ${pid > 0 ? `[ "$(pb_born ${pid})" != ${shQuote(born)} ] || pids=$(printf '%s\\n' $pids ${pid} | sort -u)` : ":"}
}
marked() { [ -e "/run/openrc/$1/$name" ] || [ -L "/run/openrc/$1/$name" ]; }
# Kills a supervisor that holds on: it would start the program again.
unsupervise() {
  { read -r pid <"/run/supervise-$name.pid" && read -r comm <"/proc/$pid/comm"; } 2>/dev/null || return 0
  [ "$comm" != supervise-daemo ] || pb_end KILL 5 "$pid"
  rm -f "/run/supervise-$name.pid" "/run/openrc/supervise-$name.ctl"
}`.trim();
}

/**
 * Stops the service for sure, whatever its script does: OpenRC's stop first, which may fail or hang, then its processes by
 * their identity, then OpenRC's record. `--nodeps`: what needs the service goes on when it is only restarted.
 */
export function stopScript(name: string, live: Live, nodeps: boolean): string {
  const { signal = "SIGTERM", timeoutSeconds = DEFAULT_STOP_SECONDS } = live.definition.stop ?? {};
  return `
${functions(name, live)}
now
if [ -x "/etc/init.d/$name" ] && { marked started || marked starting || marked inactive; }; then
  ask ${stopSeconds(live.definition)} ${nodeps ? "--nodeps " : ""}"$name" stop || echo "OpenRC could not stop $name (exit code $rc)" >&2
fi
unsupervise
now
pb_end ${signal.replace(/^SIG/, "")} ${timeoutSeconds} $pids || { echo "$name: process $pids does not end" >&2; return 1; }
if marked started || marked starting || marked stopping || marked inactive; then
  if [ -x "/etc/init.d/$name" ]; then ask 30 "$name" zap || return; else forget; fi
fi
return 0`.replace("forget;", `${FORGET};`);
}

/** What OpenRC remembers of a service, by hand: for one whose script is gone. */
export const FORGET = `rm -rf /run/openrc/*/"$name" "/run/openrc/supervise-$name.ctl" "/run/supervise-$name.pid" "/run/$name.pid"`;
