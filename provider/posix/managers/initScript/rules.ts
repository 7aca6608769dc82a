import { logHint } from "./logs";
import type { Issue } from "../../../../model/errors";
import type { Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { impacts, mustStayInForeground, optionsOfOthers, type Impact, type ManagerRules } from "../../../rules";
import { namedByItself, ofLinux } from "../common/rules";
import { checkPath, issuesOf, issuesOfEach, issuesOfVariables, type Check, type Checks } from "../common/values";
import { withDefaults } from "./header";
import { checkName, type ScriptManagerName } from "./name";

/** Variables that a shell sets itself. It would not pass on a value that it reads from a file. */
const SHELLS_OWN =
  /^(_|BASH.*|COMP_.*|DIRSTACK|E?UID|EPOCH.*|FUNCNAME|GROUPS|HISTCMD|LINENO|OLDPWD|OPTARG|OPTERR|OPTIND|PIPESTATUS|PPID|PWD|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM)$/;

/** The signals that dpkg's start-stop-daemon(8) supports. */
const START_STOP_DAEMON_SIGNALS =
  /^SIG(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2|CHLD|CONT|STOP|TSTP|TTIN|TTOU|RTMIN\+\d+)$/;

function validate(manager: ScriptManagerName, definition: Definition): Issue[] {
  const { secretEnvironment = [] } = definition;
  const isReserved = (name: string) => secretEnvironment.includes(name) && SHELLS_OWN.test(name);
  const reserved = `can't be secret with ${manager}: the shell that starts the program uses a variable of that name itself`;
  return [
    ...issuesOf(definition, {
      "restart.delaySeconds": checkHundredths,
      "stop.timeoutSeconds": checkHundredths,
      [`options.${manager}.pidFile`]: checkPath,
      ...(manager === "startStopDaemon" && START_STOP_DAEMON_CHECKS),
    }),
    ...issuesOfEach(definition, ["requires"], checkName),
    ...issuesOfVariables(definition, (name) => (isReserved(name) ? reserved : undefined)),
    ...optionsOfOthers(definition, manager),
  ];
}

const checkHundredths: Check<number> = (seconds) => {
  if (Math.abs(Math.round(seconds * 100) - seconds * 100) > 1e-6) return "must have at most two decimals";
  return seconds > 1e7 ? "must be at most 10000000 seconds" : undefined;
};

/** The limits of dpkg's start-stop-daemon(8). */
const START_STOP_DAEMON_CHECKS: Checks = {
  "stop.signal": (signal: string) =>
    START_STOP_DAEMON_SIGNALS.test(signal)
      ? undefined
      : `must be a signal that start-stop-daemon supports, not "${signal}"`,
  "stop.mode": (mode: string) =>
    mode === "group"
      ? "startStopDaemon can signal only the main process, not a group: use process or mixed"
      : undefined,
  "stop.timeoutSeconds": (seconds: number) =>
    Number.isInteger(seconds) ? undefined : "must be whole seconds with startStopDaemon",
};

/** The defaults of our scripts. */
const DEFAULTS = {
  workingDirectory: "/",
  umask: "0022",
  restart: { policy: "never", delaySeconds: 5, maxAttempts: 0 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
} as const;

/** A definition as our scripts carry it out: values in canonical form, defaults filled in. */
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

/** Standard error goes to the same place as standard output by default. */
function withStderr({ stdout, stderr }: NonNullable<Definition["logs"]>): NonNullable<Definition["logs"]> {
  const both = stderr ?? stdout;
  return { ...(stdout !== undefined && { stdout }), ...(both !== undefined && { stderr: both }) };
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)) as Partial<T>;
}

/** A shell reads the script at each call. Whether a process has a supervisor is decided when it starts. */
function impact(manager: ScriptManagerName): (path: Path) => Impact {
  // The links define the order.
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
    ...ofLinux,
    validateName: namedByItself(checkName),
    validate: (definition) => validate(manager, definition),
    defaults: (definition) => defaults(manager, definition),
    impact: impact(manager),
    logHint,
    exitedWithZero: mustStayInForeground(manager),
  };
}
