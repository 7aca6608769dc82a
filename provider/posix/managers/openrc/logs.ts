import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { logStep as stepOf } from "../common/log";
import { defaultLog } from "./name";
import { PROCESS_FUNCTIONS } from "./processes";

/** The last lines of the files that the service logs to. OpenRC itself only tells syslog, if there is one. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  return stepOf({ files: logFiles(name, definition), user: definition.runAs?.user, lines });
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
