import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import { STOP_SECONDS } from "./helpers";

/** Seconds for anything that upstart does at once. */
const SECONDS = 60;

/** Makes upstart read its files again: it sees links, and folders that were made later, in no other way. */
export const RELOAD_CONFIGURATION = bounded(SECONDS, "reload-configuration");

/** Starts a job. It says how that went by what it prints: that it ran already is as good. */
export function start(name: string): string {
  return `
seconds=$(pb_left)
said=$(${bounded('"$seconds"', "start", name)} 2>&1)
rc=$?
case $rc,$said in
  0,*|*"already running"*) return 0 ;;
  124,*) echo "initctl start: not done within $seconds seconds: the operation has no more time (customTimeouts)" >&2 ;;
  *) printf '%s\\n' "$said" >&2 ;;
esac
return $rc`;
}

/**
 * Stops a job. What counts is that it is stopped: of one that was, or whose file is gone, upstart says an error. A program
 * that does not fork as `expect` says is ended here: upstart waits for the fork, also to stop it.
 */
export function stop(name: string, definition: Definition): string {
  const seconds = Math.ceil(definition.stop?.timeoutSeconds ?? STOP_SECONDS) + 45;
  return `
said=$(${bounded(seconds, "stop", name)} 2>&1)
rc=$?
[ $rc != 0 ] || return 0
for signal in TERM KILL ""; do
  now=$(${bounded(SECONDS, "status", name)} 2>&1)
  case $now in
    *"Unknown job"*|*"Unknown instance"*|${shQuote(`${name} stop/waiting`)}) return 0 ;;
    *"Unknown parameter"*)
      now=$(${instances(shQuote(name))})
      [ -n "$now" ] || return 0
      printf '%s\\n' "it has instances, each of which has to be stopped by hand first:" "$now" >&2
      return 1
      ;;
  esac
  main=$(printf '%s\\n' "$now" | sed -n 's/^[^,]* stop\\/spawned, process \\([0-9]*\\)$/\\1/p')
  [ -n "$main" ] && [ -n "$signal" ] || break
  kill -s "$signal" "$main" 2>/dev/null
  sleep 2
done
[ $rc != 124 ] || echo "initctl stop: not done within ${seconds} seconds" >&2
printf '%s\\n' "$said" >&2
return $rc`;
}

/** Prints what upstart says of the instances of a job, whose name is given as a word of the shell. */
export function instances(word: string): string {
  const line = `case $line in ${word}" ("*) printf '%s\\n' "$line" ;; esac`;
  return `${bounded(SECONDS, "list")} 2>/dev/null | while IFS= read -r line; do ${line}; done`;
}

/** Leaves the pid of the main process in $main, empty without one. */
export function findMain(name: string): string {
  return `main=$(${bounded(SECONDS, "status", name)} 2>/dev/null | sed -n 's/^[^,]* [a-z]*\\/\\(running\\|post-start\\|spawned\\|pre-stop\\|stopping\\|killed\\), process \\([0-9]*\\)$/\\2/p' | head -n 1)`;
}

function bounded(seconds: number | string, verb: string, ...args: string[]): string {
  return ["pb_bounded", seconds, "initctl", verb, ...args.map(shQuote)].join(" ");
}
