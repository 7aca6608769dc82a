import type { Issue } from "../../../../model/errors";
import type { Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import type { Impact, ManagerRules } from "../../../rules";
import { impacts, mustStayInForeground, optionsOfOthers } from "../common/rules";
import { normaliseSignal } from "../common/signals";
import { withDefaults } from "./header";
import { validateName, type ScriptManagerName } from "./name";

/** Variables that a shell has for itself: it would not hand on a value of theirs that came from a file. */
const SHELLS_OWN =
  /^(_|BASH.*|COMP_.*|DIRSTACK|E?UID|EPOCH.*|FUNCNAME|GROUPS|HISTCMD|LINENO|OLDPWD|OPTARG|OPTERR|OPTIND|PIPESTATUS|PPID|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM)$/;

/** The signals that start-stop-daemon(8) of dpkg knows. */
const START_STOP_DAEMON_SIGNALS =
  /^SIG(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2|CHLD|CONT|STOP|TSTP|TTIN|TTOU|RTMIN\+\d+)$/;

/** Everything in a definition that our init scripts can't do, each at its path. */
function validate(manager: ScriptManagerName, definition: Definition): Issue[] {
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
    const message = typeof name === "string" ? validateName(name) : undefined;
    if (message !== undefined) wrong(["requires", i], `${message} (${manager})`);
  });
  return [...issues, ...optionsOfOthers(definition, manager)];
}

/** What a script does where nothing is said. */
const DEFAULTS = {
  workingDirectory: "/",
  umask: "0022",
  restart: { policy: "never", delaySeconds: 5, maxAttempts: 0 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
} as const;

/** A definition as our scripts carry it out: every value in its one spelling, the defaults filled in. */
function defaults(manager: ScriptManagerName, definition: Definition): Definition {
  const { requires, secretEnvironment, options, logs, runAs } = definition;
  const own = options?.[manager];
  const account = runAs?.user !== undefined || runAs?.group !== undefined;
  return {
    ...definition,
    workingDirectory: definition.workingDirectory ?? DEFAULTS.workingDirectory,
    umask: (definition.umask ?? DEFAULTS.umask).padStart(4, "0"),
    restart: { ...DEFAULTS.restart, ...defined(definition.restart) },
    stop: { ...DEFAULTS.stop, ...defined(definition.stop) },
    runAs: account ? runAs : { user: "root" },
    ...(requires && { requires: [...new Set(requires)].sort() }),
    ...(secretEnvironment && { secretEnvironment: [...secretEnvironment].sort() }),
    ...(logs && { logs: withStderr(logs) }),
    options: { ...options, [manager]: { ...own, ...withDefaults(own) } },
  };
}

/** Standard error goes where standard output goes, unless it is said. */
function withStderr({ stdout, stderr }: NonNullable<Definition["logs"]>): NonNullable<Definition["logs"]> {
  const both = stderr ?? stdout;
  return { ...(stdout !== undefined && { stdout }), ...(both !== undefined && { stderr: both }) };
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)) as Partial<T>;
}

/** A script is read anew with each call; whether somebody watches over a process is settled when it starts. */
function impact(manager: ScriptManagerName): (path: Path) => Impact {
  // The order is in the links.
  const others = impacts(manager, { restart: "restart", requires: "enable" }, ([option]) =>
    option === undefined || option === "pidFile" ? "restart" : "enable",
  );
  return (path) => {
    const [property, part] = path;
    const aboutLater = property === "restart" && (part === "delaySeconds" || part === "maxAttempts");
    return aboutLater ? "reload" : others(path);
  };
}

export function rules(manager: ScriptManagerName): ManagerRules {
  return {
    name: manager,
    validateName,
    validate: (definition) => validate(manager, definition),
    defaults: (definition) => defaults(manager, definition),
    impact: impact(manager),
    exitedWithZero: mustStayInForeground(manager),
  };
}
