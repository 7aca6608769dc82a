import type { Field, Reason } from "./state";

/** The options of start-stop-daemon in dpkg and BusyBox, and of OpenRC's two programs. */
export type Flavour = "dpkg" | "openrc" | "supervise";

/** A parsed command line of start-stop-daemon(8) or supervise-daemon(8). */
export interface StarterLine {
  values: Map<string, Field>;
  flags: Set<string>;
  variables: Field[];
  args: Field[];
  /** A part of it could not be parsed. */
  reason?: Reason;
}

/** Short name, long name, and for an option with a value what the value means here (`-`: nothing). */
type Row = readonly [short: string, long: string, value?: string];
const BOTH: readonly Row[] = [
  ...([
    ["S", "start"],
    ["K", "stop"],
    ["b", "background"],
    ["m", "make-pidfile"],
    ["o", "oknodo"],
    ["q", "quiet"],
  ] as const),
  ...([
    ["t", "test"],
    ["v", "verbose"],
    ["x", "exec", "exec"],
    ["a", "startas", "startas"],
    ["p", "pidfile", "pidFile"],
  ] as const),
  ...([
    ["n", "name", "-"],
    ["c", "chuid", "account"],
    ["g", "group", "group"],
    ["d", "chdir", "cwd"],
    ["r", "chroot", "chroot"],
  ] as const),
  ...([
    ["k", "umask", "umask"],
    ["s", "signal", "-"],
    ["R", "retry", "-"],
    ["N", "nicelevel", "-"],
    ["", "ppid", "-"],
  ] as const),
];
const DPKG: readonly Row[] = [
  ...([
    ["u", "user", "-"],
    ["T", "status"],
    ["C", "no-close"],
    ["O", "output", "output"],
    ["I", "iosched", "-"],
  ] as const),
  ...([
    ["P", "procsched", "-"],
    ["", "pid", "-"],
    ["", "remove-pidfile"],
    ["", "notify-await"],
    ["", "notify-timeout", "-"],
  ] as const),
];
const OPENRC: readonly Row[] = [
  ...([
    ["u", "user", "account"],
    ["e", "env", "variable"],
    ["1", "stdout", "stdout"],
    ["2", "stderr", "stderr"],
  ] as const),
  ...([
    ["3", "stdout-logger", "logger"],
    ["4", "stderr-logger", "logger"],
    ["w", "wait", "-"],
    ["i", "interpreted"],
  ] as const),
  ...([
    ["I", "ionice", "-"],
    ["P", "progress"],
    ["", "oom-score-adj", "-"],
    ["", "capabilities", "-"],
    ["", "secbits", "-"],
  ] as const),
  ...([
    ["", "no-new-privs"],
    ["", "scheduler", "-"],
    ["", "scheduler-priority", "-"],
    ["", "notify", "-"],
  ] as const),
];
const SUPERVISE: readonly Row[] = [
  ...([
    ["D", "respawn-delay", "respawn-delay"],
    ["m", "respawn-max", "respawn-max"],
    ["P", "respawn-period", "-"],
  ] as const),
  ...([
    ["", "healthcheck-delay", "-"],
    ["", "healthcheck-timer", "-"],
    ["", "reexec"],
  ] as const),
];
const ROWS = { dpkg: [...DPKG, ...BOTH], openrc: [...OPENRC, ...BOTH], supervise: [...SUPERVISE, ...OPENRC, ...BOTH] };

/** Parses the words after the program's name. */
export function readStarter(words: readonly Field[], flavour: Flavour, reason: (why: string) => Reason): StarterLine {
  const line: StarterLine = { values: new Map(), flags: new Set(), variables: [], args: [] };
  const rows = ROWS[flavour];
  const give = (why: string) => (line.reason ??= reason(why));
  let i = 0;
  /** Takes an option. Its value is the text joined to it, or else the next word. */
  const take = (row: Row | undefined, option: string, joined: Field | undefined): void => {
    const meaning = row?.[2];
    if (!row) give(`start-stop-daemon's option ${option} is not known`);
    else if (meaning === undefined) line.flags.add(row[1]);
    else {
      const value = joined ?? words[++i];
      if (!value || value.many === true) give(`the value of ${option} is not certain`);
      // An uncertain word may be the program.
      if (!value) return;
      if (meaning === "variable") line.variables.push(value);
      else if (meaning !== "-") line.values.set(meaning, value);
    }
  };
  for (; i < words.length; i++) {
    const word = words[i]!;
    const { text } = word;
    if (word.reason) {
      give(word.reason.why);
      line.reason = word.reason;
    } else if (text === "--") {
      line.args = words.slice(i + 1);
      break;
    } else if (text.startsWith("--")) {
      const [name = "", ...rest] = text.slice(2).split("=");
      const joined = rest.length > 0 ? { ...word, text: rest.join("=") } : undefined;
      take(
        rows.find((row) => row[1] === name),
        `--${name}`,
        joined,
      );
    } else if (text.startsWith("-") && text.length > 1) {
      for (let at = 1; at < text.length; at++) {
        const row = rows.find((one) => one[0] === text[at]);
        const joined = at + 1 < text.length ? { ...word, text: text.slice(at + 1) } : undefined;
        take(row, `-${text[at]}`, joined);
        if (row?.[2] !== undefined) break;
      }
    } else if (flavour === "supervise" && i === 0) {
      continue; // the service's name
    } else if (flavour === "supervise" && !line.values.has("exec")) {
      line.values.set("exec", word);
    } else give("its options and the program's are mixed");
  }
  return line;
}
