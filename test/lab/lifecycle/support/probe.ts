import type { LabHost } from "../../../../lab";
import { until } from "../../../engine/support/run";

/** What the program of these tests does, beside keeping account of how it was started. */
export type Mode = "run" | "reloads" | "stubborn" | "family" | "listens" | "breaks" | "ends";

export const PROGRAM = "/usr/local/bin/probe";
/** The same under a name of its own: which process a script has started is told by the program, where no pid file says it. */
export const programOf = (name: string): string => `/opt/probe-${name}`;
/** Where it keeps account: on disk, and anybody may write there. */
export const FOLDER = "/var/tmp/probe";

/**
 * `probe NAME MODE ARGUMENT...`. It notes what it was given, each start, and each signal; and when a second one of its name
 * is started while the first is alive: a lock tells, at all times and to the millisecond. While there is a file NAME.break it
 * dies after a moment. Hundreds of them start: without the modules json and signal they do so in a third of the time.
 */
const SOURCE = `#!/usr/bin/python3 -SI
import _signal as signal, fcntl, os, sys, time

name, mode, *arguments = sys.argv[1:]
fds = [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.exists("/proc/self/fd/" + fd)]
umask = os.umask(0)

def path(kind):
    return "${FOLDER}/%s.%s" % (name, kind)

def note(kind, text):
    with open(path(kind), "a") as file:
        file.write("%s\\n" % text)

lock = open(path("lock"), "a")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    note("twice", os.getpid())

def on(number, frame):
    note("signals", NAMES[number])
    if mode == "stubborn" or (mode == "reloads" and number in (signal.SIGHUP, signal.SIGUSR1)):
        return
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)

NAMES = {getattr(signal, one): one for one in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1")}
for number in NAMES:
    signal.signal(number, on)

def json(value):
    if isinstance(value, str):
        return '"%s"' % "".join("\\\\u%04x" % ord(c) for c in value)
    if isinstance(value, list):
        return "[%s]" % ",".join(map(json, value))
    if isinstance(value, dict):
        return "{%s}" % ",".join(json(key) + ":" + json(value[key]) for key in value)
    return str(value)

def words(file):
    with open("/proc/self/" + file, "rb") as opened:
        return [word.decode("latin-1") for word in opened.read().split(b"\\0")[:-1]]

started = {
    "pid": os.getpid(), "cwd": os.getcwd(), "umask": "%04o" % umask, "uid": os.getuid(), "gid": os.getgid(),
    "groups": sorted(os.getgroups()), "arguments": words("cmdline")[3:], "environment": words("environ"), "fds": fds,
}
with open(path("new"), "w") as file:
    file.write(json(started))
os.rename(path("new"), path("started"))
note("starts", os.getpid())
print("%s says hello" % name, flush=True)
print("%s complains" % name, file=sys.stderr, flush=True)

if mode == "ends":
    sys.exit(0)
if mode == "breaks" or os.path.exists(path("break")):
    time.sleep(0.3)
    print("%s can't go on" % name, file=sys.stderr, flush=True)
    sys.exit(3)
if mode == "family":
    os.posix_spawn("${PROGRAM}", ["${PROGRAM}", name + "-child", "run"], os.environ)
if mode == "listens":
    import socket
    server = socket.create_server(("127.0.0.1", int(arguments[0])))
while True:
    time.sleep(1e6)
`;

/** Puts the program on a host. */
export async function installProbe(host: LabHost): Promise<void> {
  const { code, stderr } = await host.run(
    `mkdir -p -m 777 ${FOLDER} && cat >${PROGRAM} && chmod 755 ${PROGRAM} && cp ${PROGRAM} /opt/probe`,
    { input: SOURCE },
  );
  if (code !== 0) throw new Error(stderr);
}

/** How the program was started. */
export interface Started {
  pid: number;
  cwd: string;
  umask: string;
  uid: number;
  gid: number;
  groups: number[];
  /** NAME, MODE and the rest, as they arrived. */
  arguments: string[];
  environment: Record<string, string>;
  /** Open descriptors beside the three of every process. */
  fds: string[];
}

/** Looks from outside at the program of one name, whoever has started it. */
export class Probe {
  constructor(
    readonly host: LabHost,
    readonly name: string,
  ) {}

  private async lines(kind: string): Promise<string[]> {
    const { stdout } = await this.host.run(`cat ${FOLDER}/${this.name}.${kind} 2>/dev/null`);
    return stdout.split("\n").filter(Boolean);
  }

  /** The processes that run it. */
  async pids(): Promise<number[]> {
    const pattern = `^/usr/bin/python3 -SI (${PROGRAM}|/opt/probe[^ ]*) ${this.name.replace(/[.+]/g, "\\$&")} `;
    const { stdout } = await this.host.run(`pgrep -f '${pattern}'`);
    return stdout.split("\n").filter(Boolean).map(Number);
  }

  /** Its one process. */
  async pid(): Promise<number> {
    const pids = await this.pids();
    if (pids.length !== 1) throw new Error(`${this.name} should run once, and has the processes [${pids.join(", ")}]`);
    return pids[0]!;
  }

  /** How its last process was started. */
  async started(): Promise<Started> {
    const [line = "{}"] = await this.lines("started");
    const { environment, ...rest } = JSON.parse(line) as Omit<Started, "environment"> & { environment: string[] };
    const utf8 = (text: string) => Buffer.from(text, "latin1").toString();
    const variables = environment
      .map(utf8)
      .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]);
    return {
      ...rest,
      arguments: rest.arguments.map(utf8),
      environment: Object.fromEntries(variables) as Started["environment"],
    };
  }

  /** The signals that it got so far. */
  signals = (): Promise<string[]> => this.lines("signals");

  /** How often it was started so far. */
  starts = async (): Promise<number> => (await this.lines("starts")).length;

  /** From now on it dies when it is started, or no longer does. */
  async breaks(isSo: boolean): Promise<void> {
    const file = `${FOLDER}/${this.name}.break`;
    await this.host.run(isSo ? `touch ${file}` : `rm ${file}`);
  }

  async kill(): Promise<void> {
    await this.host.run(`kill -9 ${await this.pid()}`);
    await this.gone();
  }

  /** Waits until it has no process. */
  gone = (): Promise<void> => until(async () => (await this.pids()).length === 0, `${this.name} ends`);

  /** Waits until it runs as another process. */
  replaced = (pid: number): Promise<void> =>
    until(
      async () => [(await this.pids()).filter((one) => one !== pid).length].includes(1),
      `${this.name} is started again`,
    );
}

/** The names under which two processes have ever lived at a time. */
export async function everTwice(host: LabHost): Promise<string[]> {
  const { stdout } = await host.run(`cd ${FOLDER} && ls | sed -n 's/\\.twice$//p'`);
  return stdout.split("\n").filter(Boolean);
}
