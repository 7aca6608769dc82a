import { guess, maskOf, runCommand } from "./commands";
import type { Shell } from "./shell";
import type { Start } from "./launch";
import { absolutePath } from "./redirections";
import { readStarter, type Flavour, type StarterLine } from "./startStopDaemon";
import { unknown, type Field, type Reason, type Value } from "./state";

/** A program that starts another one: what it does with its words. */
type Starter = (shell: Shell, words: readonly Field[], differ?: Reason) => void;

/** The name of a program without its folder. */
const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

export function starterOf(path: string): Starter | undefined {
  const name = baseName(path);
  return Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
}

/** They start the program after their own options, which are not evaluated. */
const WRAPPERS =
  "nice ionice chrt taskset timeout stdbuf sudo doas chroot unshare nsenter chpst setuidgid softlimit envdir envuidgid setlock " +
  "daemonize daemon startproc screen tmux xargs find flock gosu su-exec s6-setuidgid capsh prlimit cgexec numactl time " +
  "strace busybox ksh mksh zsh csh tcsh ssh systemd-run systemctl service invoke-rc.d rc-service at batch unbuffer script";

const STARTERS: Readonly<Record<string, Starter>> = {
  ...Object.fromEntries(WRAPPERS.split(" ").map((name): [string, Starter] => [name, wrapper])),
  nohup: (shell, words, differ) => behind(shell, words, 1, differ),
  setsid: (shell, words, differ) => {
    const options = words.slice(1).findIndex(({ text }) => !/^-[fcw]$|^--(fork|ctty|wait)$/.test(text));
    behind(shell, words, options < 0 ? words.length : options + 1, differ, true);
  },
  env,
  sh: shellText,
  bash: shellText,
  dash: shellText,
  su: switchUser,
  runuser: switchUser,
  setpriv,
  daemon: (shell, words, differ) => {
    if (words[0]!.text === "daemon" && shell.usesFunctions) redHatDaemon(shell, words, differ);
    else wrapper(shell, words, differ);
  },
  start_daemon: startDaemon,
  "start-stop-daemon": (shell, words, differ) => startStopDaemon(shell, words, shell.options.flavour, differ),
  "supervise-daemon": (shell, words, differ) => startStopDaemon(shell, words, "supervise", differ),
};

function wrapper(shell: Shell, words: readonly Field[], differ?: Reason): void {
  const paths = words.slice(1).filter(({ text }) => /^\/[\w@%+:,./-]+$/.test(text));
  const reason = differ ?? shell.reason(`${words[0]!.text} starts it`);
  if (paths.length === 0) shell.launch([], { reason });
  for (const path of paths) shell.launch([path], { reason, stays: true });
}

/** The words without the first ones. */
function behind(shell: Shell, words: readonly Field[], count: number, differ?: Reason, stays?: boolean): void {
  const rest = words.slice(count);
  if (rest.length === 0) return wrapper(shell, words, differ);
  shell.inCopy(() => runCommand(shell, rest, differ, false), stays ?? shell.inBackground);
}

function env(shell: Shell, words: readonly Field[], differ?: Reason): void {
  let at = 1;
  shell.inCopy(() => {
    for (; at < words.length; at++) {
      const { text, reason } = words[at]!;
      const [, name, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(text) ?? [];
      if (name !== undefined) {
        shell.assign(name, { ...words[at]!, text: value! });
        shell.state.exported.add(name);
      } else if (reason || !text.startsWith("-")) break;
      else if (text === "-i" || text === "-" || text === "-u") {
        shell.state.environment ??= shell.reason("env takes variables away");
        if (text === "-u") at += 1;
      } else return wrapper(shell, words, differ);
    }
    behind(shell, words, at, differ);
  });
}

/** `sh -c TEXT`: another shell, which gets the exported variables. */
function shellText(shell: Shell, words: readonly Field[], differ?: Reason): void {
  const [, option, text] = words;
  if (words.length !== 3 || option!.text !== "-c" || option!.reason) return wrapper(shell, words, differ);
  nested(shell, text!, differ);
}

function nested(shell: Shell, text: Field, differ?: Reason, prepare: () => void = () => undefined): void {
  const reason = differ ?? text.reason;
  shell.inCopy(() => {
    prepare();
    if (reason) return shell.launch(guess([text], text.text), { reason });
    const { state } = shell;
    for (const name of state.variables.keys()) if (!state.exported.has(name)) state.variables.delete(name);
    state.functions.clear();
    state.positional = [];
    shell.runText(text.text, text.secret);
  });
}

/** su(1) and runuser(1). The startup files of a login shell may set anything except the user. */
function switchUser(shell: Shell, words: readonly Field[], differ?: Reason): void {
  let login = false;
  let text: Field | undefined;
  let group: Field | undefined;
  let direct: Field | undefined;
  const rest: Field[] = [];
  const value = (field: Field, next: () => Field | undefined) =>
    field.text.includes("=") ? { ...field, text: field.text.slice(field.text.indexOf("=") + 1) } : next();
  for (let i = 1; i < words.length; i++) {
    const field = words[i]!;
    const option = field.text.split("=", 1)[0]!;
    const next = () => words[++i];
    if (field.many) return wrapper(shell, words, differ ?? field.reason);
    if (option === "--") rest.push(...words.slice(i + 1).splice(0, (i = words.length)));
    else if (option === "-" || option === "-l" || option === "--login") login = true;
    else if (option === "-c" || option === "--command") text = value(field, next);
    else if (option === "-g" || option === "--group") group = value(field, next);
    else if (words[0]!.text.endsWith("runuser") && option === "-u") direct = next();
    else if (option === "-s" || option === "--shell") {
      if (!/^\/bin\/(ba|da)?sh$/.test(value(field, next)?.text ?? "")) return wrapper(shell, words, differ);
    } else if (option === "-m" || option === "-p" || option === "--preserve-environment") continue;
    else if (option.startsWith("-") && !direct) return wrapper(shell, words, differ);
    else if (direct) rest.push(...words.slice(i).splice(0, (i = words.length)));
    else rest.push(field);
  }
  const user = direct ?? rest.shift();
  const isPlain = direct ? rest.length > 0 && !text : rest.length === 0 && text !== undefined;
  if (!isPlain || user?.many) return wrapper(shell, words, differ);
  const become = () => {
    const { state } = shell;
    state.user = user ?? shell.value("root");
    if (group) state.group = group;
    const reason = shell.reason("a login shell reads the user's profile");
    if (!login) return;
    state.variables.clear();
    for (const slot of ["cwd", "umask"] as const) state[slot] = unknown(reason);
    state.environment = reason;
  };
  if (text) return nested(shell, text, differ, become);
  shell.inCopy(() => {
    become();
    runCommand(shell, rest, differ, false);
  });
}

function setpriv(shell: Shell, words: readonly Field[], differ?: Reason): void {
  const found: Start = {};
  let at = 1;
  for (; words[at]?.text.startsWith("--") === true; at++) {
    const field = words[at]!;
    const [option = "", joined] = field.text.split("=", 2);
    if (/^--(clear-groups|init-groups|keep-groups|no-new-privs)$/.test(option)) continue;
    const value = joined === undefined ? words[++at] : { ...field, text: joined };
    if (!/^--re[ug]id$/.test(option) || !value || value.many) return wrapper(shell, words, differ);
    if (option === "--reuid") found.user = value;
    else found.group = value;
  }
  shell.inCopy(() => {
    Object.assign(shell.state, found);
    behind(shell, words, at, differ);
  });
}

/** `daemon [--user=USER] [--pidfile=FILE] command …` of Red Hat's functions: a shell expands all words a second time. */
function redHatDaemon(shell: Shell, words: readonly Field[], differ?: Reason): void {
  let at = 1;
  let user: Value | undefined;
  for (; /^[-+]/.test(words[at]?.text ?? ""); at++) {
    const field = words[at]!;
    const [option, joined] = field.text.split("=", 2);
    if (option === "--user" || option === "--pidfile" || option === "--check") {
      const value = joined === undefined ? words[++at] : { ...field, text: joined };
      if (!value || value.many) return wrapper(shell, words, differ ?? value?.reason);
      if (option === "--user") user = value;
      if (option === "--pidfile") shell.pidFiles.push(value);
    } else if (field.reason || !/^[-+]\d+$|^--force$/.test(field.text)) return wrapper(shell, words, differ);
  }
  const rest = words.slice(at);
  const reason = rest.find((field) => field.reason)?.reason;
  const text = { ...(rest[0] ?? words[0]!), text: rest.map((field) => field.text).join(" ") };
  const secret = rest.some((field) => field.secret) && { secret: true };
  nested(shell, { ...text, ...(reason && { reason }), ...secret }, differ, () => {
    if (!user) return;
    shell.state.user = user;
    const unsaid = shell.reason("some versions of daemon start a login shell");
    for (const slot of ["cwd", "umask"] as const) shell.state[slot] = unknown(unsaid);
    shell.state.environment = unsaid;
  });
}

/** start_daemon of the Linux Standard Base. */
function startDaemon(shell: Shell, words: readonly Field[], differ?: Reason): void {
  let at = 1;
  for (; words[at]?.text.startsWith("-") === true; at++) {
    const { text } = words[at]!;
    if (text === "-p" && words[at + 1]) shell.pidFiles.push(words[at + 1]!);
    if (text === "-p" || text === "-n") at += 1;
    else if (text !== "-f") return wrapper(shell, words, differ);
  }
  const rest = words.slice(at);
  const isPlain = rest.every((field) => field.reason ?? /^[\w@%+=:,./-]+$/.test(field.text));
  const reason =
    differ ?? (isPlain ? undefined : shell.reason("some versions of start_daemon split its words once more"));
  shell.launch(rest, { stays: true, reason });
}

export function startStopDaemon(shell: Shell, words: readonly Field[], flavour: Flavour, differ?: Reason): void {
  const line = readStarter(words.slice(1), flavour, (why) => shell.reason(why));
  const { values, flags } = line;
  const pidFile = values.get("pidFile");
  if (pidFile && !line.reason) shell.pidFiles.push(pidFile);
  shell.status = "host";
  const isStart = flags.has("start") || line.reason !== undefined;
  if (!isStart || flags.has("stop") || flags.has("test") || flags.has("status")) return;
  const program = values.get("startas") ?? values.get("exec");
  if (!program) return shell.launch([], { reason: differ ?? line.reason ?? shell.reason("it names no program") });
  const chroot = values.has("chroot") ? shell.reason("it runs in another root") : undefined;
  const argv = [program, ...line.args];
  const reason = differ ?? line.reason ?? chroot;
  const starter = program.reason ? undefined : starterOf(program.text);
  shell.inCopy(() => {
    apply(shell, line, flavour);
    if (starter && !reason) starter(shell, argv);
    else shell.launch(argv, { stays: true, reason });
  }, true);
}

function apply(shell: Shell, { values, flags, variables }: StarterLine, flavour: Flavour): void {
  const { state } = shell;
  const folder = values.get("cwd");
  const path = folder && !folder.reason ? absolutePath(folder.text, undefined) : undefined;
  if (folder)
    state.cwd =
      path === undefined ? unknown(folder.reason ?? shell.reason("it is no plain path")) : { ...folder, text: path };
  else if (state.cwd) state.cwd = unknown(shell.reason("start-stop-daemon may leave it"));
  const mask = values.get("umask");
  if (mask) state.umask = maskOf(mask, shell);
  else if (state.umask) state.umask = unknown(shell.reason("start-stop-daemon may set it"));
  const account = values.get("account");
  if (account) {
    const [user = "", group] = account.text.split(":");
    state.user = { ...account, text: user };
    if (group) state.group = { ...account, text: group };
  }
  if (values.has("group")) state.group = values.get("group")!;
  for (const variable of variables) {
    const [, name, text] = /^([A-Za-z_]\w*)=([^]*)$/.exec(variable.text) ?? [];
    if (name === undefined) state.environment ??= shell.reason("--env is not certain");
    else {
      shell.assign(name, { ...variable, text: text! });
      state.exported.add(name);
    }
  }
  const to = (name: string, otherwise: Value | undefined) =>
    logOf(values.get(name) ?? values.get("output"), shell) ?? otherwise;
  const nowhere = shell.value("discard");
  const isOwn = flavour !== "dpkg" || (flags.has("background") && !flags.has("no-close"));
  const isClear = flavour === "dpkg" || flags.has("background") || flavour === "supervise";
  const usual = isOwn ? (isClear ? nowhere : unknown(shell.reason("OpenRC may send it elsewhere"))) : undefined;
  state.stdout = values.has("logger")
    ? unknown(shell.reason("it goes to a logger"))
    : to("stdout", usual ?? state.stdout);
  state.stderr = values.has("logger")
    ? unknown(shell.reason("it goes to a logger"))
    : to("stderr", usual ?? state.stderr);
}

function logOf(file: Field | undefined, shell: Shell): Value | undefined {
  if (!file) return undefined;
  if (file.text === "/dev/null") return { ...file, text: "discard" };
  const path = file.reason ? undefined : absolutePath(file.text, undefined);
  return path === undefined ? unknown(file.reason ?? shell.reason("it is no plain path")) : { ...file, text: path };
}
