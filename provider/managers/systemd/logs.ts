import { shQuote } from "../../../model/quote";
import type { Definition } from "../../../model/service";
import type { Step } from "../../../model/step";
import { unitName } from "./name";

const MOST_BYTES = 20_000;

/** The last lines of the journal, which also tells of failed starts, and of the files that the service logs to. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const tails = logFiles(definition).map(
    (file) => `[ ! -s ${shQuote(file)} ] || { echo ${shQuote(`${file}:`)}; tail -n ${lines} ${shQuote(file)}; }`,
  );
  const script = `
log=$({
  if have journalctl; then
    timeout -k 2 5 journalctl --sync
    timeout -k 5 20 journalctl -u ${shQuote(unitName(name))} -n ${lines} --no-pager -o short-iso
  fi
  ${tails.join("\n  ")}
} 2>/dev/null </dev/null | tail -c ${MOST_BYTES})
# Of a line that was cut the rest could be the rest of a secret, which nobody would know any more.
[ \${#log} -lt ${MOST_BYTES - 100} ] || log=\${log#*'
'}
emit log "$log"`;
  return { name: "log", script };
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  const files = logFiles(definition);
  return files.length ? `tail -n 100 ${files.map(shQuote).join(" ")}` : `journalctl -u ${unitName(name)} -n 100`;
}

/** All processes in the unit's control group, of either cgroup version; at least the main one. */
export function processesStep(name: string): Step {
  const show = (property: string) => `$(systemctl show -p ${property} ${shQuote(unitName(name))})`;
  const script = `
group=${show("ControlGroup")}
group=\${group#ControlGroup=}
main=${show("MainPID")}
main=\${main#MainPID=}
processes=
if [ "\${group:-/}" != / ]; then
  for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -d "$root$group" ] || continue
    processes=$(find "$root$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un | tr '\\n' ' ')
    [ -z "$processes" ] || break
  done
fi
[ -n "$processes" ] || [ "\${main:-0}" = 0 ] || processes=$main
emit processes "\${processes% }"`;
  return { name: "processes", script };
}

function logFiles({ logs }: Definition): string[] {
  return [...new Set([logs?.stdout, logs?.stderr])].filter(
    (file) => file !== undefined && file !== "discard",
  ) as string[];
}
