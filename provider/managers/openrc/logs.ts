import { shQuote } from "../../../model/quote";
import type { Definition } from "../../../model/service";
import type { Step } from "../../../model/step";
import { defaultLog } from "./name";
import { PROCESS_FUNCTIONS } from "./processes";

const MOST_BYTES = 20_000;

/** The last lines of the files that the service logs to. OpenRC itself only tells syslog, if there is one. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const files = logFiles(name, definition);
  const tails = files.map((file) => {
    const title = files.length > 1 ? `echo ${shQuote(`${file}:`)}; ` : "";
    return `[ ! -s ${shQuote(file)} ] || { ${title}tail -n ${lines} ${shQuote(file)}; }`;
  });
  const script = `
log=$({
  ${tails.join("\n  ") || ":"}
} 2>/dev/null </dev/null | tail -c ${MOST_BYTES})
# Of a line that was cut the rest could be the rest of a secret, which nobody would know any more.
[ \${#log} -lt ${MOST_BYTES - 100} ] || log=\${log#*'
'}
emit log "$log"`;
  return { name: "log", script };
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  const files = logFiles(name, definition);
  return files.length > 0 ? `tail -n 100 ${files.map(shQuote).join(" ")}` : `rc-service ${name} status`;
}

/** The main process with its session and what came of it; one that is not ours is known by OpenRC's records. */
export function processesStep(name: string): Step {
  const n = shQuote(name);
  const script = `
${PROCESS_FUNCTIONS}
mains=$(pb_mains ${n})
if [ -z "$mains" ]; then
  for file in /run/openrc/options/${n}/child_pid "$(cat /run/openrc/options/${n}/pidfile 2>/dev/null)" /run/${n}.pid; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || continue
    case $comm in supervise-daemo) ;; *) mains="$mains $pid" ;; esac
  done
fi
processes=$(pb_family $mains | sort -n | tr '\\n' ' ')
emit processes "\${processes% }"`;
  return { name: "processes", script };
}

function logFiles(name: string, { logs }: Definition): string[] {
  const stdout = logs?.stdout ?? defaultLog(name);
  return [...new Set([stdout, logs?.stderr ?? stdout])].filter((file) => file !== "discard");
}
