import { shQuote } from "../../shell/quote";
import type { Step } from "../../shell/step";

/** What of a log goes into an error, and what is read of each source. */
const MOST_BYTES = 20_000;
const MOST_SOURCE_BYTES = 65_536;
/** A log on a file server that hangs costs no more, in seconds: a service may be down meanwhile. */
const MOST_SECONDS = 5;

export interface LogSources {
  files: readonly string[];
  /** Whose eyes read a file of which others than root can change the path: it may be a link to what only root may read. */
  user: string | undefined;
  /** How many lines of each. */
  lines: number;
  /** Each file is named above its lines; else only where there are several. */
  titled?: boolean;
  /** Commands that print more, in front of the files' lines and behind them. */
  before?: string;
  after?: string;
}

/**
 * Emits `log`: the last lines of the files that a service logs to, and of whatever else tells of it. It never fails and takes
 * no longer than {@link MOST_SECONDS}: what has been read by then is emitted, with `log_late`.
 */
export function logStep({ files, user, lines, titled = files.length > 1, before = "", after = "" }: LogSources): Step {
  const tails = files.map((file) => {
    const title = titled ? `echo ${shQuote(`${file}:`)}; ` : "";
    return `[ ! -f ${shQuote(file)} ] || [ ! -s ${shQuote(file)} ] || { ${title}log_end ${shQuote(file)}; }`;
  });
  const script = `
# Only the end of a file is read: to count its lines from the end could be to read all of it. Of a line that was cut the
# rest could be the rest of a secret, which nobody would know any more.
log_end() {
  log_text=$({ pb_read "$1" ${shQuote(user ?? "root")} tail -c ${MOST_SOURCE_BYTES} 2>&1 || echo "($1 is not shown: it can't be read)"; } | tr '\\000' '?')
  if [ \${#log_text} -ge ${MOST_SOURCE_BYTES - 100} ]; then
    log_text=$(printf '%s\\n' "$log_text" | sed 1d)
    [ -n "$log_text" ] || log_text="(its last line is longer than ${MOST_SOURCE_BYTES / 1024} KB)"
  fi
  printf '%s\\n' "$log_text" | tail -n ${lines}
}
log_extra() { tail -c ${MOST_SOURCE_BYTES}; }
log_read() {
  :
  ${[before && `{ ${before}\n} | log_extra`, ...tails, after && `{ ${after}\n} | log_extra`].filter(Boolean).join("\n  ")}
}
for pb_dir in /run /dev/shm "\${TMPDIR:-/tmp}" /var/tmp; do
  pb_temporary "$pb_dir/.pulumi-bots" 2>/dev/null && break
  pb_temp=
done
[ -n "$pb_temp" ] || { emit log "(no temporary file can be made to read it into)"; return 0; }
exec 7>>"$pb_temp" 8<"$pb_temp"
rm -f "$pb_temp"
# In the background, and not waited for: a process that waits for a file server can't always be killed.
log_read >&7 2>/dev/null </dev/null 3>&- 8<&- &
log_reader=$!
log_until=$(($(pb_clock) + ${MOST_SECONDS}))
log_reads() {
  { read -r pb_stat <"/proc/$log_reader/stat"; } 2>/dev/null || return 1
  set -- \${pb_stat##*) }
  [ "$1" != Z ]
}
while log_reads; do
  if [ "$(pb_clock)" -ge "$log_until" ]; then
    for pb_pid in "$log_reader" $(pb_below "$log_reader"); do kill -KILL "$pb_pid" 2>/dev/null; done
    emit log_late ${MOST_SECONDS}
    break
  fi
  sleep 0.1 2>/dev/null || sleep 1
done
log=$(tail -c ${MOST_BYTES} <&8)
[ \${#log} -lt ${MOST_BYTES - 100} ] || log=$(printf '%s\\n' "$log" | sed 1d)
emit log "$log"
return 0`;
  return { name: "log", script };
}
