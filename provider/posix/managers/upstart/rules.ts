import { logHint } from "./logs";
import type { Issue } from "../../../../model/errors";
import type { Definition } from "../../../../model/service";
import { impacts, mustStayInForeground, optionsOfOthers, type Impact, type ManagerRules } from "../../../rules";
import { namedByItself, ofLinux } from "../common/rules";
import { normaliseSignal } from "../common/signals";
import {
  checkAccount,
  checkLine,
  checkLog,
  checkPath,
  checkSignal,
  issuesOf,
  issuesOfEach,
  issuesOfVariables,
  type Check,
  type Checks,
} from "../common/values";
import { normaliseEvents, splitRequired } from "./events";
import { STOP_SECONDS } from "./helpers";
import { checkName } from "./name";
import { requiredOf, START_ON, STOP_ON } from "./render";

const isWhole: Check<number> = (n) =>
  Number.isInteger(n) && n >= 0 && n <= 1e6 ? undefined : "must be whole seconds: upstart supports no others";
const isFile: Check<string> = (path) => checkPath(path) ?? checkLine(path);
const isLog: Check<string> = (log) => checkLog(log) ?? checkLine(log);
const isSignal: Check<string> = (text) =>
  checkSignal(text) ??
  (text.includes("RTM") ? "must not be a real-time signal: upstart does not support them" : undefined);
const isName: Check<string> = (text) =>
  checkAccount(text) ?? (/^\d+$|\s/.test(text) ? "must be a name: upstart does not support numeric ids" : undefined);
const isText: Check<string> = (text) => (text.includes("\0") ? "can't hold a NUL character" : undefined);
const isEvents: Check<string> = (text) =>
  normaliseEvents(text) === undefined
    ? 'must be events with "and" and "or" between them, such as "runlevel [2345]"'
    : undefined;
const isAttempts: Check<number> = (n) => {
  if (!Number.isInteger(n) || n < 0 || n > 1e6) return "must be a whole number from 0 (no limit)";
  return n === 1
    ? "must be 0 (no limit) or at least 2: upstart's respawn always starts a program a second time"
    : undefined;
};

const CHECKS: Checks = {
  "command[0]": isFile,
  displayName: checkLine,
  description: checkLine,
  workingDirectory: isFile,
  "runAs.user": isName,
  "runAs.group": isName,
  "restart.delaySeconds": isWhole,
  "restart.maxAttempts": isAttempts,
  "stop.signal": isSignal,
  "stop.timeoutSeconds": isWhole,
  "reload.signal": isSignal,
  "reload.command": () => "is not supported by upstart, which reloads by a signal: set reload.signal",
  "reload.command[0]": undefined,
  "logs.stdout": isLog,
  "logs.stderr": isLog,
  "options.upstart.author": checkLine,
  "options.upstart.startOn": isEvents,
  "options.upstart.stopOn": isEvents,
};

/** Variables that shells set themselves or protect, so no script can set them. */
const OF_THE_SHELL = new Set(
  "OPTIND PPID LINENO _ UID EUID GROUPS RANDOM SECONDS BASHOPTS SHELLOPTS BASHPID".split(" "),
);

const isFree: Check<string> = (name) =>
  OF_THE_SHELL.has(name) ? "can't be set in an upstart job: its shell sets this variable itself" : undefined;

/** In `start on`, the two operators can't be names, quoted or not (init(5) of upstart, "Event definition"). */
const isRequirable: Check<string> = (name) =>
  name === "and" || name === "or" ? `can't be "${name}", an operator of upstart's "start on"` : checkName(name);

function validate(definition: Definition): Issue[] {
  return [
    ...issuesOf(definition, CHECKS),
    ...issuesOfEach(definition, ["command"], isText),
    ...issuesOfEach(definition, ["requires"], isRequirable),
    ...issuesOfVariables(definition, isFree),
    ...Object.entries(definition.environment ?? {}).flatMap(([name, value]) => {
      const message = isText(value);
      return message === undefined ? [] : [{ path: ["environment", name], message }];
    }),
    ...optionsOfOthers(definition, "upstart"),
  ];
}

/** A definition as upstart would carry it out: values in canonical form, upstart's defaults filled in. */
function defaults(definition: Definition): Definition {
  const { restart, stop, umask, workingDirectory, runAs, options, logs, reload, secretEnvironment, ...rest } =
    definition;
  const { startOn = START_ON, stopOn = STOP_ON, author } = options?.upstart ?? {};
  const { events, required } = splitRequired(normaliseEvents(startOn) ?? startOn);
  const requires = [...new Set([...required, ...requiredOf(definition)])].sort();
  const { stderr, ...stdout } = logs ?? {};
  return {
    ...rest,
    ...(secretEnvironment?.length && { secretEnvironment: [...secretEnvironment].sort() }),
    umask: umask?.padStart(4, "0") ?? "0022",
    workingDirectory: workingDirectory ?? "/",
    runAs: runAs?.user === undefined && runAs?.group === undefined ? { user: "root" } : runAs,
    restart: { policy: "never", delaySeconds: 0, ...withoutUndefined(restart) },
    stop: {
      timeoutSeconds: STOP_SECONDS,
      mode: "group",
      ...withoutUndefined(stop),
      signal: normaliseSignal(stop?.signal ?? "SIGTERM") ?? stop!.signal!,
    },
    ...(reload && { reload }),
    ...(reload?.signal !== undefined && { reload: { signal: normaliseSignal(reload.signal) ?? reload.signal } }),
    ...(requires.length ? { requires } : {}),
    ...(logs &&
      Object.keys(logs).length > 0 && {
        logs: stderr === undefined || stderr === stdout.stdout ? stdout : { ...stdout, stderr },
      }),
    options: {
      ...options,
      upstart: { ...(author !== undefined && { author }), startOn: events, stopOn: normaliseEvents(stopOn) ?? stopOn },
    },
  };
}

function withoutUndefined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
}

const BY_OPTION: Readonly<Record<string, Impact>> = { author: "none", startOn: "reload" };

/** Nearly everything in a job is fixed when it starts. Our own script reads and sends the signals. */
const impact = impacts(
  "upstart",
  { displayName: "none", description: "none", restart: "restart" },
  ([option]) => BY_OPTION[String(option)] ?? "restart",
);

export const rules: ManagerRules = {
  name: "upstart",
  ...ofLinux,
  validateName: namedByItself(checkName),
  validate,
  defaults,
  impact,
  logHint,
  exitedWithZero: mustStayInForeground("upstart"),
};
