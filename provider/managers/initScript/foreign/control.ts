import type { Definition, Live } from "../../../../model/service";
import { END } from "./end";
import { FIND, settings } from "./find";
import { RUN } from "./run";

/** Seconds that a script has for its own stop or start; then it is left behind, or ended. */
const PATIENCE = { stop: 30, start: 30 };

/**
 * Ends the daemon of a script that is not ours. The script's own stop goes first, unless it could hit others: it signals by
 * name, or its pid file names a stranger. What is still there is ended by pid and start time.
 */
export function stopForeign(name: string, live: Live): string {
  const { signal = "SIGTERM", timeoutSeconds = 30 } = live.definition.stop ?? {};
  const seconds = PATIENCE.stop + Math.ceil(timeoutSeconds);
  return [
    FIND,
    END,
    RUN,
    settings(name, live),
    `
f_loops
f_end TERM 2 || { echo "$script start (pid$f_left) can't be ended" >&2; return 1; }
f_remember_service
if f_stranger; then
  echo "$pidfile names pid $f_pid, which is not $n: $script is not asked to stop it" >&2
else
  case $(cat "$script" 2>/dev/null) in
  *killall* | *pkill* | *fuser*) echo "$script stops by name, which could hit others: it is not asked" >&2 ;;
  *) f_run stop ${seconds} end ;;
  esac
fi
f_remember_service
f_end ${signal.replace(/^SIG/, "")} ${Math.ceil(timeoutSeconds)} || { echo "$n still runs (pid$f_left), although it was killed" >&2; return 1; }
f_find
[ -z "$processes" ] || { echo "$n was started again while it was stopped (pid $processes)" >&2; return 1; }
if [ -f "$pidfile" ] && ! f_stranger; then rm -f "$pidfile"; fi
true
`,
  ].join("\n");
}

/**
 * Starts by a script that is not ours. Its answer says nothing: whether the daemon runs, the next read shows. `live` tells
 * which process belongs to it, so that a pid file that names another one does not keep the script from starting.
 */
export function startForeign(name: string, live?: Live): string {
  return [
    FIND,
    END,
    RUN,
    settings(name, live),
    `
[ -f "$script" ] || { echo "there is no $script" >&2; return 1; }
f_find
[ -z "$processes" ] || return 0
if [ -n "$command" ] && [ -f "$pidfile" ] && ! f_stranger; then rm -f "$pidfile"; fi
f_run start ${PATIENCE.start} leave
`,
  ].join("\n");
}

/** Ends the script alone, where it waits to start the program again: of two that watch over a process both would start it. */
export function endForeignLoop(name: string, live: Live): string {
  return [
    FIND,
    END,
    settings(name, live),
    `
f_above ${live.state.pid}
f_end TERM 2 || { echo "$script start (pid$f_left) can't be ended" >&2; return 1; }
`,
  ].join("\n");
}

/** Sets `processes`: the pids that have exactly the definition's command line, with or without an interpreter before it. */
export function foreignProcesses(name: string, definition: Definition): string {
  return [FIND, settings(name, { definition }), "f_find"].join("\n");
}
