import { shQuote } from "../../../model/quote";
import type { Fields, Step } from "../../../model/step";
import type { Ready } from "../../../schema/service";

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
 * Emits `port` (`own` | `none` | `stranger PID PROGRAM` | `stranger`), `http` (the head of the answer), `command` (exit code).
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
    if (found === "none") return notReady(`nothing listens on port ${port}`);
    if (found === "stranger") {
      const who =
        pid === undefined ? "a process that can't be seen from there" : `pid ${pid} (${program ?? "unknown"})`;
      return { ready: false, reason: `port ${port} is held by another program: ${who}`, stranger: true };
    }
  }
  if (ready.http !== undefined) return httpResult(ready.http, fields.get("http") ?? "");
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

/** The port to find the listener of; none when the URL is about another machine. */
function portOf({ tcp, http }: Ready): number | undefined {
  if (http === undefined) return tcp;
  const url = new URL(http.url);
  if (!["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return undefined;
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

// proc(5): /proc/net/tcp has the local address and port in hex, state 0A is LISTEN, the tenth field is the inode.
function portProbe(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return `
    port_inodes=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" && $2 ~ /:${hex}$/ { printf "%s ", $10 }')
    port_state=none
    for inode in $port_inodes; do
      port_state=stranger
      for pid in $processes; do
        ls -l "/proc/$pid/fd" 2>/dev/null | grep -q "socket:\\[$inode\\]" && { port_state=own; break 2; }
      done
    done
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

/** GET, no redirect followed, certificate not checked: it is the service's own host that asks. */
function httpProbe(url: string): string {
  const python = [
    "import ssl, sys, urllib.request, urllib.error",
    "class No(urllib.request.HTTPRedirectHandler):",
    "    def redirect_request(self, *a): return None",
    "c = ssl._create_unverified_context()",
    "o = urllib.request.build_opener(No, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=c))",
    "try: r = o.open(sys.argv[1], timeout=10)",
    "except urllib.error.HTTPError as e: r = e",
    'print("HTTP/1.1 %d" % (getattr(r, "status", None) or r.code)); print(r.headers)',
  ].join("\n");
  const quoted = shQuote(url);
  return `
    if have curl; then http=$(no_proxy='*' curl -skS -o /dev/null -D - -m 10 ${quoted} 2>&1); pb_tool curl
    elif have python3; then http=$(python3 -c ${shQuote(python)} ${quoted} 2>&1); pb_tool python3
    elif have wget && [ -n "$(wget --version 2>/dev/null)" ]
    then http=$(wget -q -S --no-proxy --no-check-certificate --max-redirect=0 -T 10 -O /dev/null ${quoted} 2>&1); pb_tool wget
    elif have wget # BusyBox's: shows the first answer, though it follows redirects; its -T crashes on Debian 12
    then http=$(http_proxy=; https_proxy=; pb_bounded 10 wget -S -O /dev/null ${quoted} 2>&1)
    else http="the host has none of curl, python3 and wget"
    fi
    emit http "$http"`;
}

function httpResult({ url, status, headers = {} }: NonNullable<Ready["http"]>, answer: string): ProbeResult {
  const lines = answer.split(/\r?\n/).map((line) => line.trim());
  const code = Number(lines.find((line) => /^HTTP\/\S+ \d{3}/.test(line))?.split(" ")[1]);
  if (Number.isNaN(code)) return notReady(`GET ${url} failed: ${lines.at(-1) || lines.find(Boolean) || "no answer"}`);
  const fine = status === undefined ? code >= 200 && code < 400 : code === status;
  if (!fine) return notReady(`GET ${url} answers ${code}${status === undefined ? "" : `, not ${status}`}`);
  const seen = new Map(
    lines.flatMap((line) => {
      const match = /^([\w-]+):(.*)$/.exec(line);
      return match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : [];
    }),
  );
  for (const [name, wanted] of Object.entries(headers)) {
    const found = seen.get(name.toLowerCase());
    if (found !== wanted) return notReady(`GET ${url} answers with ${name}: ${found ?? "none"}, not ${wanted}`);
  }
  return { ready: true };
}
