import { shQuote } from "../../../model/quote";
import type { Definition } from "../../../model/service";
import type { Step } from "../../../model/step";
import { consoleLogPath } from "./name";
import { findMain } from "./shell";

const MOST_BYTES = 20_000;

/** The last lines of upstart's log of the job, of its own files, and of what upstart said of it to the kernel. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const tails = logFiles(name, definition).map(
    (file) => `[ ! -s ${shQuote(file)} ] || { echo ${shQuote(`${file}:`)}; tail -n ${lines} ${shQuote(file)}; }`,
  );
  const script = `
log=$({
  ${tails.join("\n  ")}
  dmesg | grep -F ${shQuote(` init: ${name} `)} | tail -n 5
} 2>/dev/null </dev/null | tail -c ${MOST_BYTES})
# Of a line that was cut the rest could be the rest of a secret, which nobody would know any more.
[ \${#log} -lt ${MOST_BYTES - 100} ] || log=\${log#*'
'}
emit log "$log"`;
  return { name: "log", script };
}

/** What a person types to see the log. */
export function logHint(name: string, { logs }: Definition): string {
  const own = [...new Set([logs?.stdout, logs?.stderr])].filter((file) => file !== undefined && file !== "discard");
  return `tail -n 100 ${(own.length ? own : [consoleLogPath(name)]).map((file) => shQuote(file!)).join(" ")}`;
}

function logFiles(name: string, { logs }: Definition): string[] {
  const files = [consoleLogPath(name), logs?.stdout, logs?.stderr];
  return [...new Set(files)].filter((file) => file !== undefined && file !== "discard") as string[];
}

/** The processes of the job's session: upstart starts each program as the leader of one. */
export function processesStep(name: string): Step {
  const script = `
${findMain(name)}
processes=$main
if [ -n "$main" ]; then
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    pid=\${line%% *}
    set -- \${line##*) }
    [ "$4" != "$main" ] || [ "$pid" = "$main" ] || processes="$processes $pid"
  done
fi
emit processes "$processes"`;
  return { name: "processes", script };
}
