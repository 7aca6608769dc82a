import type { Shell } from "./shell";
import { absolutePath } from "./redirections";
import { starterOf } from "./starters";
import { unknown, type Field, type Reason, type Value } from "./state";
import { testStatus } from "./test";

/** Commands that finish their work when they exit, and whose effects don't matter here. */
const HELPERS = new Set(
  (
    ": true false echo printf [ test sleep usleep wait jobs disown hash ulimit times type which basename dirname pwd stty tput " +
    "mkdir rmdir rm cp mv ln ls cat touch chmod chown chgrp install mknod mktemp mkfifo stat readlink realpath df sync " +
    "grep egrep fgrep sed awk gawk mawk cut tr head tail wc sort uniq tee expr seq date id whoami logger hostname uname " +
    "getent pidof pgrep ps kill killall killall5 pkill skill fuser restorecon sysctl modprobe mountpoint mount umount " +
    "pidofproc killproc checkproc checkpid status status_of_proc pidfileofproc get_pid " +
    "success failure passed warning echo_success echo_failure echo_passed echo_warning rc_reset rc_status rc_exit rc_failed rc_check " +
    "log_daemon_msg log_progress_msg log_end_msg log_action_msg log_action_begin_msg log_action_cont_msg log_action_end_msg " +
    "log_begin_msg log_success_msg log_failure_msg log_warning_msg log_use_fancy_output " +
    "ebegin eend einfo einfon ewarn ewarnn eerror eerrorn ewend esyslog vebegin veend veinfo vewarn checkpath yesno " +
    "mark_service_started mark_service_stopped mark_service_inactive mark_service_starting service_set_value service_get_value " +
    "need use want before after provide keyword service_started service_stopped"
  ).split(" "),
);
/** Known function libraries: they start nothing, and set no variable that scripts set. */
const LIBRARIES =
  /^(\/usr)?(\/lib\/lsb\/init-functions|\/lib\/init\/vars\.sh|\/etc\/(rc\.d\/)?(init\.d\/)?functions|\/etc\/rc\.status|\/etc\/init\.d\/functions\.sh|\/lib\/rc\/sh\/functions\.sh|\/lib\/gentoo\/functions\.sh)$/;

/** A command with its words; `differ` says why shells may read it differently. */
export function runCommand(shell: Shell, words: readonly Field[], differ?: Reason, isCall = true): void {
  const [first, ...rest] = words;
  if (!first) return;
  const reason = first.reason ?? differ;
  if (reason) return first.reason ? shell.lose(reason, words) : started(shell, words, reason);
  const name = first.text;
  shell.status = "host";
  if (isCall && shell.call(name, rest)) return;
  const run = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
  if (run) {
    shell.status = true;
    return run(shell, rest);
  }
  started(shell, words);
}

function started(shell: Shell, words: readonly Field[], reason?: Reason): void {
  const { text } = words[0]!;
  const base = text.replace(/^(\/usr)?\/s?bin\//, "");
  if (HELPERS.has(base)) {
    if (base === "echo" || base === "printf") shell.status = true;
    return;
  }
  const starter = starterOf(text);
  if (starter) return starter(shell, words, reason);
  shell.launch(words, { reason });
}

type Builtin = (shell: Shell, args: readonly Field[]) => void;

const BUILTINS: Readonly<Record<string, Builtin>> = {
  ":": () => undefined,
  true: () => undefined,
  false: (shell) => void (shell.status = false),
  "[": (shell, args) => void (shell.status = testStatus(args.at(-1)?.text === "]" ? args.slice(0, -1) : [], shell)),
  test: (shell, args) => void (shell.status = testStatus(args, shell)),
  ".": source,
  source: (shell, args) =>
    shell.isBash ? source(shell, args) : shell.lose(shell.reason("source is only known to some shells")),
  exec: (shell, args) => {
    if (args[0]?.text.startsWith("-") === true) shell.lose(shell.reason("exec with options is not read"), args);
    else runCommand(shell, args, undefined, false);
    shell.halt("exit");
  },
  command: (shell, args) => {
    if (args[0]?.text.startsWith("-") !== true) return runCommand(shell, args, undefined, false);
    shell.status = "host";
    if (!/^-[vV]+$/.test(args[0].text)) shell.lose(shell.reason("command with options is not read"), args);
  },
  builtin: (shell, args) => runCommand(shell, args, undefined, false),
  eval: (shell, args) => {
    const reason = args.find((field) => field.reason)?.reason;
    const text = args.map((field) => field.text).join(" ");
    // OpenRC's own start function: what is known about it stays known.
    if (reason && /^(start-stop|supervise)-daemon$/.test(args[0]?.text ?? "")) runCommand(shell, args);
    else if (reason) shell.lose(reason, guess(args, text));
    else
      shell.runText(
        text,
        args.some(({ secret }) => secret),
      );
  },
  exit: (shell) => shell.halt("exit"),
  return: (shell) => shell.halt("return"),
  break: () => undefined,
  continue: () => undefined,
  export: (shell, args) => declare(shell, args, true),
  readonly: (shell, args) => declare(shell, args, false),
  local: forgetNamed,
  declare: forgetNamed,
  typeset: forgetNamed,
  read: forgetNamed,
  mapfile: forgetNamed,
  readarray: forgetNamed,
  getopts: forgetNamed,
  let: forgetNamed,
  unset: (shell, args) => {
    if (args[0]?.text === "-f")
      for (const { text } of args) shell.state.functions.set(text, shell.reason("it is unset"));
    else forgetNamed(shell, args);
    for (const { text } of args) shell.state.exported.delete(text);
  },
  set: (shell, args) => {
    const reason = shell.reason("set is not read");
    for (const { text } of args) {
      if (/^[-+][eux]+$/.test(text)) continue;
      const isAll = /^-[a-z]*a/.test(text) || text === "allexport";
      if (isAll) shell.state.environment ??= shell.reason("every variable is exported (set -a)");
      else if (text !== "-o" && text !== "+o" && !/^[-+]/.test(text)) shell.state.positional = [unknown(reason)];
      if (text === "--" || args.some((field) => field.reason)) shell.state.positional = [unknown(reason)];
      if (/^-[a-z]*f/.test(text) || text === "noglob")
        shell.state.ifs ??= shell.reason("patterns are switched off (set -f)");
    }
  },
  shift: (shell, [count]) => {
    const { positional } = shell.state;
    const n = count === undefined ? 1 : Number(count.text);
    const isCertain = !count?.reason && !positional.some((field) => field.many) && n >= 0 && n <= positional.length;
    shell.state.positional = isCertain ? positional.slice(n) : [unknown(shell.reason("shift is not read here"))];
  },
  cd: (shell, args) => {
    const [folder] = args;
    const path = folder && args.length === 1 && !folder.reason ? absolutePath(folder.text, shell.state.cwd) : undefined;
    const reason = folder?.reason ?? shell.reason("where cd goes is not certain");
    const isCertain = path !== undefined && !folder!.text.startsWith("-");
    shell.state.cwd = isCertain ? { ...folder!, ...shell.value(path) } : unknown(reason);
    if (folder?.secret && isCertain) shell.state.cwd.secret = true;
  },
  pushd: (shell) => void (shell.state.cwd = unknown(shell.reason("pushd is not read"))),
  popd: (shell) => void (shell.state.cwd = unknown(shell.reason("popd is not read"))),
  umask: (shell, args) => {
    const [mask] = args;
    if (mask) shell.state.umask = maskOf(mask, shell);
  },
  trap: (shell, [action]) => {
    if (action && (action.reason || !/^(-|\d*)$/.test(action.text)))
      shell.launch([action], { reason: shell.reason("trap is not read") });
  },
  alias: (shell, args) => shell.lose(shell.reason("alias is not read"), args),
  action: (shell, [, ...args]) => runCommand(shell, args, undefined, false),
};

/** An octal mask for umask(1), as four digits. */
export function maskOf(mask: Field, shell: Shell): Value {
  const isOctal = !mask.reason && /^0*[0-7]{1,3}$/.test(mask.text);
  if (!isOctal) return unknown(mask.reason ?? shell.reason("a umask in words is not read"));
  return { ...mask, text: mask.text.replace(/^0+/, "").padStart(4, "0") };
}

/** The first word of a text whose words are uncertain, if it is a path: possibly the program. */
export function guess(words: readonly Field[], text: string): Field[] {
  const found = text.split(/\s+/).find((one) => /^\/[\w@%+:,./-]+$/.test(one));
  return found === undefined || !words[0] ? [] : [{ ...words[0], text: found }];
}

function source(shell: Shell, [file, ...more]: readonly Field[]): void {
  shell.status = "host";
  if (!file || file.reason) return shell.state.forgetAll(shell.reason("a file is read whose name is not certain"));
  if (LIBRARIES.test(file.text)) {
    shell.usesFunctions ||= file.text.endsWith("/functions");
    if (shell.state.umask) shell.state.umask = unknown(shell.reason(`${file.text} may set it`));
    return;
  }
  const found = shell.options.files.get(file.text);
  if (!found || more.length > 0) return shell.state.forgetAll(shell.reason(`${file.text} was not read`));
  shell.runFile(found.path, found.text, found.isPrivate);
  shell.status = "host";
}

function declare(shell: Shell, args: readonly Field[], exported: boolean): void {
  const { state } = shell;
  for (const field of args) {
    const [, name, , text] = /^([A-Za-z_]\w*)(=([^]*))?$/.exec(field.text) ?? [];
    if (name === undefined || field.many) {
      state.forgetAll(field.reason ?? shell.reason("it is not certain what is exported"));
      continue;
    }
    if (text !== undefined) {
      const { reason, secret } = field;
      shell.assign(name, { ...shell.value(text), ...(reason && { reason }), ...(secret && { secret }) });
    }
    if (exported) state.exported.add(name);
  }
}

/** Every word that may be a variable name. */
function forgetNamed(shell: Shell, args: readonly Field[]): void {
  const reason = shell.reason("it is set in a way that is not read");
  shell.status = "host";
  if (args.some(({ text }) => /^-\w*x/.test(text))) shell.state.environment ??= reason;
  for (const field of args) {
    if (field.reason && field.many) return shell.state.forgetAll(field.reason);
    for (const [name] of field.text.split("=", 1)[0]!.matchAll(/[A-Za-z_]\w*/g)) shell.state.forget(name, reason);
  }
  for (const name of ["REPLY", "OPTARG", "OPTIND", "MAPFILE"]) shell.state.forget(name, reason);
}
