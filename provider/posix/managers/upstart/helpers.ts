import type { StopMode } from "../../../../model/service";

/** Seconds before upstart kills (init(5), `kill timeout`). */
export const STOP_SECONDS = 5;

/** What upstart has no stanza for, as scripts of the job. They run as the job's own user (init(5), `setuid`). */

/**
 * Waits before a restart: upstart starts a program again at once, but only when `post-stop` has ended. Of a job that is to
 * stop nothing is waited for. When upstart can't be asked, the wait does no harm.
 */
export function delayScript(seconds: number): string[] {
  return [
    `delay=${seconds}`,
    "while [ $delay -gt 0 ]; do",
    '  case $(/sbin/initctl status "$UPSTART_JOB" 2>/dev/null) in *" stop/"*) break ;; esac',
    "  sleep 1",
    "  delay=$((delay - 1))",
    "done",
  ];
}

/**
 * Ends the program as `stop` says: whom it asks, with which signal, how long, and whom it kills then. Upstart itself asks the
 * process group, kills it when its main process is still there, and keeps to the settings of the start; so these are read
 * from the file as it is now. What is still there when this has ended, upstart ends in its own way.
 */
export function stopScript(mode: StopMode): string[] {
  return [
    `mode=${mode}`,
    "conf=/etc/init/$UPSTART_JOB.conf",
    `mode=$(sed -n 's/^ *mode=\\([a-z]*\\)$/\\1/p' "$conf")`,
    `signal=$(sed -n 's/^kill signal SIG//p' "$conf")`,
    `seconds=$(sed -n 's/^kill timeout //p' "$conf")`,
    `main=$(/sbin/initctl status "$UPSTART_JOB" 2>/dev/null | sed -n 's/^.* stop\\/pre-stop, process \\([0-9]*\\)$/\\1/p')`,
    '[ -n "$main" ] || exit 0',
    "whom=$main",
    'if [ "$mode" = group ]; then whom=-$main; fi',
    'kill "-${signal:-TERM}" "$whom" || exit 0',
    `left=$((\${seconds:-${STOP_SECONDS}} * 5))`,
    'while [ $left -gt 0 ] && kill -0 "$whom" 2>/dev/null; do',
    "  sleep 0.2",
    "  left=$((left - 1))",
    "done",
    'if [ "$mode" != process ]; then whom=-$main; fi',
    'kill -KILL "$whom" 2>/dev/null || true',
  ];
}

/** The properties that these scripts say, by the one line that is about them. */
export const DELAY_LINE = /^delay=(\d+)$/;
export const MODE_LINE = /^mode=(mixed|process|group)$/;
