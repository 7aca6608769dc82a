import { logHint } from "./logs";
import type { Issue } from "../../../../model/errors";
import type { Definition } from "../../../../model/service";
import { impacts, mustStayInForeground, optionsOfOthers, type ManagerRules } from "../../../rules";
import { formatAssignments } from "../common/assignments";
import { splitEnvironment } from "../common/environment";
import { namedByItself, ofLinux } from "../common/rules";
import {
  checkAccount,
  checkSignal,
  issuesOf,
  issuesOfEach,
  issuesOfVariables,
  type Check,
  type Checks,
} from "../common/values";
import { DEFAULT_RESPAWN_MAX, DEFAULT_STOP_SECONDS } from "./machinery";
import { DEFAULT_RUNLEVEL, checkName } from "./name";
import { parseScript, renderScript } from "./script";

/** Variables that a shell sets itself and so can't pass on, and those of our own script. */
const SHELLS_OWN =
  /^(_|OPTIND|PPID|UID|EUID|LINENO|RANDOM|SRANDOM|SECONDS|EPOCH\w+|SHELLOPTS|GROUPS|DIRSTACK|FUNCNAME|HISTCMD|BASH\w*|PULUMI_BOTS_\w*)$/;

function validate(definition: Definition): Issue[] {
  const { requires = [] } = definition;
  const checkAfter = (name: string) => (requires.includes(name) ? "is in requires already" : checkService(name));
  return [
    ...issuesOf(definition, CHECKS),
    ...issuesOfEach(definition, ["requires"], checkName),
    ...issuesOfEach(definition, ["options", "openrc", "need"], checkService),
    ...issuesOfEach(definition, ["options", "openrc", "use"], checkService),
    ...issuesOfEach(definition, ["options", "openrc", "after"], checkAfter),
    ...issuesOfVariables(definition, (name) => (SHELLS_OWN.test(name) ? SHELLS_OWN_MESSAGE : undefined)),
    ...optionsOfOthers(definition, "openrc"),
  ];
}

const SHELLS_OWN_MESSAGE = "can't be set with OpenRC: the shell that starts the program uses this variable itself";

const checkService: Check<string> = (name) =>
  /^[A-Za-z0-9_.+-]+$/.test(name) ? undefined : "must be the name of a service";

const checkText: Check<string> = (text) => {
  if (text === "") return "must not be empty";
  return /[\0\r\n]/.test(text) ? "must be one line of plain text" : undefined;
};

const checkWordAccount: Check<string> = (name) =>
  checkAccount(name) ?? (/\s/.test(name) ? "must not contain a space: OpenRC does not support it" : undefined);

const checkOpenrcSignal: Check<string> = (name) =>
  checkSignal(name) ??
  (name.includes("RTMIN") ? "must not be a real-time signal: OpenRC does not support them" : undefined);

const isWhole = (value: number, least: number, most = 1_000_000) =>
  Number.isInteger(value) && value >= least && value <= most;

const CHECKS: Checks = {
  displayName: checkText,
  description: checkText,
  "runAs.user": checkWordAccount,
  "runAs.group": checkWordAccount,
  "restart.policy": (policy: string) =>
    policy === "onFailure" ? "OpenRC restarts a program after every exit or never: use always or never" : undefined,
  "restart.delaySeconds": (seconds: number) =>
    isWhole(seconds, 0) ? undefined : "must be whole seconds: OpenRC supports no others",
  "restart.maxAttempts": (attempts: number) => {
    if (attempts === 1) return "must be 0 (no limit) or at least 2: OpenRC always makes one more attempt";
    return isWhole(attempts, 0, 100_000) ? undefined : "must be a whole number from 0 (no limit) to 100000";
  },
  "stop.signal": checkOpenrcSignal,
  "stop.timeoutSeconds": (seconds: number) =>
    isWhole(seconds, 1) ? undefined : "must be whole seconds, at least 1: OpenRC supports no others",
  "reload.signal": checkOpenrcSignal,
};

const NAME = "resolve";
const MARKER = { ownerId: "", urn: "", definition: "", triggers: "" };

/** A definition as OpenRC carries it out: values in canonical form (written and read back), defaults filled in. */
function defaults(definition: Definition): Definition {
  const secrets = formatAssignments(splitEnvironment(definition).secret);
  const { definition: said } = parseScript(NAME, renderScript(NAME, definition, MARKER), secrets);
  const { openrc } = said.options ?? {};
  return {
    ...said,
    workingDirectory: said.workingDirectory ?? "/",
    umask: said.umask ?? "0022",
    runAs: said.runAs ?? { user: "root" },
    restart: { policy: "never", delaySeconds: 0, maxAttempts: DEFAULT_RESPAWN_MAX + 1, ...said.restart },
    stop: { signal: "SIGTERM", timeoutSeconds: DEFAULT_STOP_SECONDS, mode: "process", ...said.stop },
    options: { openrc: { runlevel: DEFAULT_RUNLEVEL, ...openrc } },
    ...(said.logs?.stdout !== undefined && { logs: { stderr: said.logs.stdout, ...said.logs } }),
  };
}

/** A supervisor keeps the settings that it was started with, like the program. */
const impact = impacts("openrc", { restart: "restart" }, ([option]) =>
  option === undefined || option === "runlevel" ? "enable" : "reload",
);

export const rules: ManagerRules = {
  name: "openrc",
  ...ofLinux,
  validateName: namedByItself(checkName),
  validate,
  defaults,
  impact,
  logHint,
  exitedWithZero: mustStayInForeground("openrc"),
};
