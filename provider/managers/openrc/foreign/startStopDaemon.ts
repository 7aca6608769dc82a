import { normaliseSignal } from "../../common/signals";

/** What a command line of start-stop-daemon(8) or supervise-daemon(8) says, of OpenRC or of dpkg. */
export interface Daemon {
  command?: string[];
  user?: string;
  group?: string;
  directory?: string;
  umask?: string;
  environment: Record<string, string>;
  stdout?: string;
  stderr?: string;
  signal?: string;
  seconds?: number;
  /** Words that no property says. */
  rest: string[];
}

/** Options that take a value, by what we make of them. `ignored` is what our own script does anyway. */
const VALUES: Readonly<Record<string, string>> = {
  ...{
    "--exec": "exec",
    "-x": "exec",
    "--startas": "startas",
    "-a": "startas",
    "--pidfile": "ignored",
    "-p": "ignored",
  },
  ...{ "--user": "user", "-u": "user", "--chuid": "user", "-c": "user", "--group": "group", "-g": "group" },
  ...{ "--chdir": "directory", "-d": "directory", "--umask": "umask", "-k": "umask", "--env": "env", "-e": "env" },
  ...{
    "--stdout": "stdout",
    "-1": "stdout",
    "--stderr": "stderr",
    "-2": "stderr",
    "--output": "output",
    "-O": "output",
  },
  ...{ "--signal": "signal", "-s": "signal", "--retry": "retry", "-R": "retry", "--name": "ignored", "-n": "ignored" },
  ...{ "--wait": "ignored", "-w": "ignored", "--ppid": "ignored" },
};
const FLAGS = new Set(
  "--start -S --stop -K --background -b --make-pidfile -m --quiet -q --oknodo -o --progress -P --remove-pidfile --no-close -C".split(
    " ",
  ),
);

/** Reads the words after the program's name. With supervise-daemon(8) the first of them is the service. */
export function parseDaemon(words: readonly string[]): Daemon {
  const daemon: Daemon = { environment: {}, rest: [] };
  let program: string | undefined;
  let startas: string | undefined;
  let args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") {
      args = words.slice(i + 1);
      break;
    }
    const [, option = word, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    const meaning = VALUES[option];
    if (meaning !== undefined) {
      const value = joined ?? words[++i] ?? "";
      if (meaning === "exec") program = value;
      else if (meaning === "startas") startas = value;
      else if (meaning !== "ignored" && !take(daemon, meaning, value)) daemon.rest.push(option, value);
    } else if (/^-[a-zA-Z]{2,}$/.test(word) && [...word.slice(1)].every((flag) => FLAGS.has(`-${flag}`))) continue;
    else if (!word.startsWith("-") && program === undefined && startas === undefined) program = word;
    else if (!FLAGS.has(word)) daemon.rest.push(word);
  }
  const first = startas ?? program;
  if (first !== undefined) daemon.command = [first, ...args];
  return daemon;
}

function take(daemon: Daemon, meaning: string, value: string): boolean {
  switch (meaning) {
    case "user": {
      const [user = "", group] = value.split(":");
      if (user !== "") daemon.user = user;
      if (group) daemon.group = group;
      return true;
    }
    case "group":
      daemon.group = value;
      return true;
    case "directory":
      daemon.directory = value;
      return true;
    case "umask":
      daemon.umask = value;
      return true;
    case "env": {
      const equals = value.indexOf("=");
      if (equals > 0) daemon.environment[value.slice(0, equals)] = value.slice(equals + 1);
      return equals > 0;
    }
    case "stdout":
    case "stderr":
      daemon[meaning] = value;
      return true;
    case "output":
      daemon.stdout = value;
      return true;
    case "signal":
      return takeSignal(daemon, value);
    default:
      return takeRetry(daemon, value);
  }
}

function takeSignal(daemon: Daemon, value: string): boolean {
  const signal = normaliseSignal(value);
  if (signal !== undefined) daemon.signal = signal;
  return signal !== undefined;
}

/** A schedule, of which a property says the first signal and the time after it: `TERM/30/KILL/5`, or `30`. */
export function takeRetry(daemon: Daemon, value: string): boolean {
  const [, signal, seconds] = /^(?:-?([A-Z]+\d*|\d+)\/)?(\d+)(?:\/.*)?$/.exec(value) ?? [];
  if (seconds === undefined || (signal !== undefined && !takeSignal(daemon, signal))) return false;
  daemon.seconds = Number(seconds);
  return true;
}
