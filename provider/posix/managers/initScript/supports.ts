import type { Issue } from "../../../../model/errors";
import type { Definition } from "../../../../model/service";
import { optionsOfOthers } from "../common/options";
import { normaliseSignal } from "../common/signals";
import { checkScriptName, type ScriptManagerName } from "./name";

/** Variables that a shell has for itself: it would not hand on a value of theirs that came from a file. */
const SHELLS_OWN =
  /^(_|BASH.*|COMP_.*|DIRSTACK|E?UID|EPOCH.*|FUNCNAME|GROUPS|HISTCMD|LINENO|OLDPWD|OPTARG|OPTERR|OPTIND|PIPESTATUS|PPID|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM)$/;

/** The signals that start-stop-daemon(8) of dpkg knows. */
const START_STOP_DAEMON_SIGNALS =
  /^SIG(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2|CHLD|CONT|STOP|TSTP|TTIN|TTOU|RTMIN\+\d+)$/;

/** Everything in a definition that our init scripts can't do, each at its path. */
export function supports(manager: ScriptManagerName, definition: Definition): Issue[] {
  const { command, workingDirectory, environment, secretEnvironment, restart, stop, reload, requires, logs } =
    definition;
  const issues: Issue[] = [];
  const wrong = (path: Issue["path"], message: string) => issues.push({ path, message });
  const absolute = (path: Issue["path"], text: string | undefined, what: string) => {
    if (text !== undefined && !text.startsWith("/")) wrong(path, `must be ${what}, with ${manager}`);
  };
  absolute(["command", 0], command?.[0], "the absolute path of a program");
  absolute(["reload", "command", 0], reload?.command?.[0], "the absolute path of a program");
  absolute(["workingDirectory"], workingDirectory, "an absolute path");
  for (const stream of ["stdout", "stderr"] as const) {
    if (logs?.[stream] !== "discard") absolute(["logs", stream], logs?.[stream], 'an absolute path or "discard"');
  }
  for (const name of Object.keys(environment ?? {})) {
    const path = ["environment", name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      wrong(path, `is no name that ${manager} could give to a variable: letters, digits and _ only, not first a digit`);
    } else if (secretEnvironment?.includes(name) && SHELLS_OWN.test(name)) {
      wrong(
        path,
        `can't be a secret with ${manager}: the shell that starts the program has a variable of that name itself`,
      );
    }
  }
  const hundredths = (path: Issue["path"], seconds: number | undefined) => {
    if (seconds === undefined) return;
    if (Math.abs(Math.round(seconds * 100) - seconds * 100) > 1e-6)
      wrong(path, `can be given to hundredths of a second with ${manager}`);
    else if (seconds > 1e7) wrong(path, `is too long for ${manager}`);
  };
  hundredths(["restart", "delaySeconds"], restart?.delaySeconds);
  hundredths(["stop", "timeoutSeconds"], stop?.timeoutSeconds);
  for (const [path, signal] of [
    [["stop", "signal"], stop?.signal],
    [["reload", "signal"], reload?.signal],
  ] as const) {
    if (signal === undefined) continue;
    if (normaliseSignal(signal) === undefined) wrong(path, `"${signal}" is no signal that ${manager} knows`);
    else if (manager === "startStopDaemon" && path[0] === "stop" && !START_STOP_DAEMON_SIGNALS.test(signal)) {
      wrong(path, `"${signal}" is no signal that start-stop-daemon knows`);
    }
  }
  if (manager === "startStopDaemon") {
    if (stop?.mode === "group") {
      wrong(
        ["stop", "mode"],
        "startStopDaemon can't ask a group of processes to end, only the main process: process or mixed",
      );
    }
    if (stop?.timeoutSeconds !== undefined && !Number.isInteger(stop.timeoutSeconds)) {
      wrong(["stop", "timeoutSeconds"], "must be whole seconds with startStopDaemon");
    }
  }
  (requires ?? []).forEach((name, i) => {
    const message = typeof name === "string" ? checkScriptName(name) : undefined;
    if (message !== undefined) wrong(["requires", i], `${message} (${manager})`);
  });
  return [...issues, ...optionsOfOthers(definition, manager)];
}
