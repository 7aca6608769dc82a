import { shQuote } from "../shell/quote";
import type { Fields, Step } from "../shell/step";
import type { Ready } from "../../../schema/service";
import { httpProbe, httpProblem } from "./httpProbe";

/** What a probe said: ready, or why not. */
export type ProbeResult =
  | { ready: true }
  | {
      ready: false;
      reason: string;
      /** Another program has the port. */
      stranger: boolean;
    };

/** How many bytes of a ready command's output are shown. */
const MOST_OUTPUT = 4096;

/**
 * Probes once whether a service does its work, on its own host. Needs `$processes`, the pids of the service. A port
 * counts only when one of these listens on it: a stranger on the port is the commonest way to look healthy and be dead.
 * Emits `port` (`own` | `none` | `stranger PID PROGRAM` | `stranger`), `own_ports` (hex, when it is not `own`), `http` (the
 * head of the answer), `command` (exit code).
 */
export function probeStep(ready: Ready, processes: Step): Step {
  const parts = [processes.script];
  const port = portOf(ready);
  if (port !== undefined) parts.push(portProbe(port));
  if (ready.http !== undefined) parts.push(httpProbe(ready.http.url));
  if (ready.command !== undefined) {
    const argv = ready.command.map(shQuote).join(" ");
    // Its output ends with its exit code. Of what it prints, the end is what matters, and the rest is kept nowhere.
    parts.push(`SERVICE_PIDS=$processes; export SERVICE_PIDS
probe_out=$({ pb_bounded 10 ${argv} 2>&1; printf '\\n%s' "$?"; } | tail -c ${MOST_OUTPUT})
emit command "\${probe_out##*
}"
emit command_output "\${probe_out%
*}"`);
  }
  return { name: "probe", quiet: true, script: parts.join("\n") };
}

/** The answer of {@link probeStep} in words. */
export function probeResult(ready: Ready, fields: Fields): ProbeResult {
  const port = portOf(ready);
  if (port !== undefined) {
    const [found, pid, program] = (fields.get("port") ?? "none").split(" ");
    const own = ownPorts(fields.get("own_ports") ?? "");
    if (found === "none") return notReady(`nothing listens on port ${port}; ${own}`);
    if (found === "stranger") {
      const who =
        pid === undefined ? "a process that can't be seen from there" : `pid ${pid} (${program ?? "unknown"})`;
      return { ready: false, reason: `port ${port} is held by another program: ${who}; ${own}`, stranger: true };
    }
  }
  if (ready.http !== undefined) {
    const problem = httpProblem(ready.http, fields.get("http") ?? "");
    return problem === undefined ? { ready: true } : notReady(problem);
  }
  if (ready.command !== undefined && fields.get("command") !== "0") {
    const output = fields.get("command_output")?.trim();
    return notReady(
      `its ready command ended with ${fields.get("command") ?? "no exit code"}${output ? `: ${output}` : ""}`,
    );
  }
  return { ready: true };
}

function notReady(reason: string): ProbeResult {
  return { ready: false, reason, stranger: false };
}

/** More than these are no help. */
const MOST_PORTS = 8;

/** Where the service does listen, in words: mostly the port that was meant. */
function ownPorts(hex: string): string {
  const ports = [...new Set(hex.split(/\s+/).filter(Boolean))].map((port) => parseInt(port, 16)).sort((a, b) => a - b);
  if (ports.length === 0) return "the service's processes listen on no TCP port";
  const more = ports.length > MOST_PORTS ? ` and ${ports.length - MOST_PORTS} more` : "";
  return `the service's processes listen on ${ports.slice(0, MOST_PORTS).join(", ")}${more}`;
}

/** The port to find the listener of; none when the URL is about another machine. */
function portOf({ tcp, http }: Ready): number | undefined {
  if (http === undefined) return tcp;
  const url = new URL(http.url);
  if (!/^(?:localhost\.?|127\.\d+\.\d+\.\d+|\[::1?\]|0\.0\.0\.0)$/.test(url.hostname)) return undefined;
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

// proc(5): /proc/net/tcp has the local address and port in hex, state 0A is LISTEN, the tenth field is the inode. A process
// in a network namespace of its own has its own such file; most share ours, which is read once.
function portProbe(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return `
    listeners() { # PROC: the inode and the port of each socket that is listened on
      cat "$1/net/tcp" "$1/net/tcp6" 2>/dev/null |
        awk '$4 == "0A" { n = split($2, at, ":"); print $10, at[n] }'
    }
    net_of() { ! have readlink || readlink "$1/ns/net" 2>/dev/null; }
    our_listeners=$(listeners /proc)
    our_net=$(net_of /proc/self)
    own_ports=
    for pid in $processes; do
      net=$(net_of "/proc/$pid")
      if [ "$net" = "$our_net" ] || [ -z "$net" ]; then there=$our_listeners; else there=$(listeners "/proc/$pid"); fi
      own_ports="$own_ports $(
        { ls -l "/proc/$pid/fd" 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/\\1/p'; echo --; echo "$there"; } |
          awk '$1 == "--" { all = 1; next } !all { own[$1] = 1; next } $1 in own { printf "%s ", $2 }'
      )"
    done
    port_state=none
    port_inodes=$(echo "$our_listeners" | awk '$2 == "${hex}" { printf "%s ", $1 }')
    case " $own_ports " in
    *" ${hex} "*) port_state=own ;;
    *)
      [ -n "$port_inodes" ] && port_state=stranger
      emit own_ports "$(echo $own_ports)"
    esac
    if [ "$port_state" = stranger ]; then
      for dir in /proc/[0-9]*; do
        for inode in $port_inodes; do
          if ls -l "$dir/fd" 2>/dev/null | grep -q "socket:\\[$inode\\]"; then
            program=
            { read -r program <"$dir/comm"; } 2>/dev/null
            port_state="stranger \${dir#/proc/} $program"
            break 2
          fi
        done
      done
    fi
    emit port "$port_state"`;
}
