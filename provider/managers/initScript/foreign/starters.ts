import type { Field } from "../../common/shell/expand";
import { account, nice, take, withoutOperators, withVariables, type Launch } from "./launch";
import { readOptions } from "./options";

/** What a command that starts others leads to: another command, text for a shell, or the program itself. */
export type Next =
  | { kind: "command"; words: Field[] }
  | { kind: "shell"; text: Field; args?: Field[] }
  | { kind: "program"; argv: Field[] }
  | { kind: "nothing" };

type Starter = (args: Field[], launch: Launch) => Next;

/** start-stop-daemon(8) of dpkg; OpenRC's and BusyBox' have the ones that matter too. */
export const START_STOP_DAEMON: readonly [string, string][] = [
  ...([
    ["S", "start"],
    ["K", "stop"],
    ["T", "status"],
    ["t", "test"],
    ["b", "background"],
    ["m", "make-pidfile"],
    ["C", "no-close"],
    ["o", "oknodo"],
    ["q", "quiet"],
    ["v", "verbose"],
  ] as [string, string][]),
  ...([
    ["x", "exec="],
    ["a", "startas="],
    ["p", "pidfile="],
    ["n", "name="],
    ["u", "user="],
    ["g", "group="],
    ["c", "chuid="],
    ["d", "chdir="],
    ["r", "chroot="],
    ["k", "umask="],
    ["N", "nicelevel="],
    ["P", "procsched="],
    ["I", "iosched="],
    ["O", "output="],
    ["s", "signal="],
    ["R", "retry="],
    ["", "ppid="],
    ["", "pid="],
    ["", "notify-timeout="],
    ["1", "stdout="],
    ["2", "stderr="],
    ["e", "env="],
  ] as [string, string][]),
];

const startStopDaemon: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, START_STOP_DAEMON, true);
  if (given.has("test") || given.has("status") || !given.has("start")) return { kind: "nothing" };
  take(launch, "pidFile", given.get("pidfile"));
  take(launch, "workingDirectory", given.get("chdir") ?? { text: "/" });
  take(launch, "umask", given.get("umask"));
  account(launch, given.get("chuid"));
  take(launch, "group", given.get("group"));
  if (given.has("background")) {
    launch.background = true;
    if (!given.has("no-close")) take(launch, "stdout", { text: "/dev/null" });
  }
  take(launch, "stdout", given.get("output") ?? given.get("stdout"));
  take(launch, "stderr", given.get("stderr"));
  for (const name of ["chroot", "nicelevel", "procsched", "iosched"]) {
    const value = given.get(name);
    if (value && !(name === "nicelevel" && value.text === "0")) launch.lost.push(`--${name} ${value.text}`);
  }
  const program = given.get("startas") ?? given.get("exec");
  return program === undefined ? { kind: "nothing" } : { kind: "program", argv: [program, ...rest] };
};

/** The LSB's start_daemon: takes the words as they are on Debian, and once more through a shell on Red Hat. */
const lsbStart: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, [
    ["f", "force"],
    ["n", "nicelevel="],
    ["p", "pidfile="],
    ["u", "user="],
    ["g", "group="],
    ["l", "log="],
  ]);
  take(launch, "pidFile", given.get("pidfile"));
  take(launch, "user", given.get("user"));
  take(launch, "group", given.get("group"));
  take(launch, "stdout", given.get("log"));
  nice(launch, given.get("nicelevel"));
  return rest.length === 0 ? { kind: "nothing" } : { kind: "program", argv: withoutOperators(rest, launch) };
};

/** `daemon` of Red Hat's functions: all words together are text for a shell. */
const daemon: Starter = (args, launch) => {
  const levels = args.filter((field) => /^[+-]\d+$/.test(field.text));
  const { given, rest } = readOptions(
    args.filter((field) => !levels.includes(field)),
    [
      ["", "check="],
      ["", "user="],
      ["", "pidfile="],
      ["", "name="],
      ["", "chdir="],
      ["", "umask="],
      ["", "output="],
      ["", "force"],
    ],
  );
  nice(launch, levels[0]);
  take(launch, "pidFile", given.get("pidfile"));
  take(launch, "workingDirectory", given.get("chdir"));
  take(launch, "umask", given.get("umask"));
  take(launch, "stdout", given.get("output"));
  account(launch, given.get("user"));
  if (rest.length === 0) return { kind: "nothing" };
  const unknown = rest.find((field) => field.unknown !== undefined);
  if (unknown) return { kind: "program", argv: rest };
  return { kind: "shell", text: { text: rest.map(({ text }) => text).join(" ") } };
};

const su: Starter = (args, launch) => {
  // getopt permutes: `su - USER -c CMD`, `su -c CMD USER`.
  const login = args.some((field) => ["-", "-l", "--login"].includes(field.text));
  const { given, rest } = readOptions(
    args.filter((field) => !["-", "-l", "--login"].includes(field.text)),
    [
      ["c", "command="],
      ["s", "shell="],
      ["g", "group="],
      ["u", "user="],
      ["m", "preserve-environment"],
      ["p", "preserve-environment"],
    ],
    true,
  );
  if (login) {
    launch.environment = new Map();
    launch.login = true;
    delete launch.workingDirectory;
  }
  take(launch, "group", given.get("group"));
  const user = given.get("user");
  if (user) {
    take(launch, "user", user); // runuser -u USER [--] PROGRAM ARGS
    return { kind: "command", words: rest };
  }
  take(launch, "user", rest[0] ?? { text: "root" });
  const command = given.get("command");
  return command ? { kind: "shell", text: command } : { kind: "nothing" };
};

const sudo: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, [
    ["u", "user="],
    ["g", "group="],
    ["p", "prompt="],
    ["D", "chdir="],
    ["E", "preserve-env"],
  ]);
  if (!given.has("preserve-env")) launch.environment = new Map();
  take(launch, "user", given.get("user"));
  take(launch, "group", given.get("group"));
  take(launch, "workingDirectory", given.get("chdir"));
  return { kind: "command", words: withVariables(rest, launch) };
};

const env: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, [
    ["i", "ignore-environment"],
    ["u", "unset="],
    ["C", "chdir="],
  ]);
  if (given.has("ignore-environment")) launch.environment = new Map();
  take(launch, "workingDirectory", given.get("chdir"));
  return { kind: "command", words: withVariables(rest, launch) };
};

const shell: Starter = (args, launch) => {
  const at = args.findIndex((field) => /^-[a-z]*c$/.test(field.text));
  const text = at < 0 ? undefined : args[at + 1];
  if (text) return { kind: "shell", text, args: args.slice(at + 2) };
  return { kind: "program", argv: [{ text: "/bin/sh" }, ...withoutOperators(args, launch)] };
};

const daemonize: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, [
    ["u", "user="],
    ["p", "pidfile="],
    ["c", "chdir="],
    ["o", "stdout="],
    ["e", "stderr="],
    ["l", "lock="],
    ["E", "env="],
  ]);
  launch.background = true;
  take(launch, "user", given.get("user"));
  take(launch, "pidFile", given.get("pidfile"));
  take(launch, "workingDirectory", given.get("chdir"));
  take(launch, "stdout", given.get("stdout") ?? { text: "/dev/null" });
  take(launch, "stderr", given.get("stderr"));
  withVariables(given.has("env") ? [given.get("env")!] : [], launch);
  return { kind: "program", argv: rest };
};

/** `nice -n 5 PROGRAM` and the like: words before the program that no property covers. */
const limited =
  (name: string, withArgument: string): Starter =>
  (args, launch) => {
    const { rest } = readOptions(
      args,
      [...withArgument].map((letter) => [letter, `${letter}=`] as [string, string]),
    );
    const own = args.slice(0, args.length - rest.length);
    launch.lost.push([name, ...own.map(({ text }) => text)].join(" "));
    return { kind: "command", words: rest };
  };

const transparent: Starter = (args) => ({ kind: "command", words: readOptions(args, []).rest });

/** `gosu USER PROGRAM`, `chpst -u USER PROGRAM`. */
const asUser: Starter = (args, launch) => {
  const { given, rest } = readOptions(args, [["u", "user="]]);
  account(launch, given.get("user") ?? rest.shift());
  return { kind: "command", words: rest };
};

/** Commands that start a program, by name. */
export const STARTERS: Readonly<Record<string, Starter>> = {
  "start-stop-daemon": startStopDaemon,
  start_daemon: lsbStart,
  startproc: lsbStart,
  daemon,
  daemonize,
  su,
  runuser: su,
  sudo,
  env,
  sh: shell,
  bash: shell,
  dash: shell,
  nohup: transparent,
  setsid: transparent,
  exec: transparent,
  command: transparent,
  action: (args) => ({ kind: "command", words: args.slice(1) }),
  nice: limited("nice", "n"),
  ionice: limited("ionice", "cn"),
  taskset: (args, launch) => {
    launch.lost.push(`taskset ${args[0]?.text ?? ""}`);
    return { kind: "command", words: args.slice(args[0]?.text === "-c" ? 2 : 1) };
  },
  chroot: (args, launch) => {
    launch.lost.push(`chroot ${args[0]?.text ?? ""}`);
    return { kind: "command", words: args.slice(1) };
  },
  gosu: asUser,
  "su-exec": asUser,
  setuidgid: asUser,
  chpst: asUser,
};
