import type { Issue } from "../../../../model/errors";
import { getAt, UNKNOWN, type Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { isAccount } from "../../../../schema/text";
import type { Impact, ManagerRules } from "../../../rules";
import { impacts, mustStayInForeground, optionsOfOthers } from "../common/rules";
import { normaliseSignal } from "../common/signals";
import { normaliseEvents, splitRequired } from "./events";
import { STOP_SECONDS } from "./helpers";
import { validateName } from "./name";
import { requiredOf, START_ON, STOP_ON } from "./render";

type Check = (value: never) => string | undefined;

const isLine = (text: string) => (/[\x00-\x1f\x7f]/.test(text) ? "must be one line of plain text" : undefined);
const isFile = (path: string) => (path.startsWith("/") ? isLine(path) : "must be an absolute path");
const isLog = (log: string) =>
  log === "discard" || isFile(log) === undefined ? undefined : 'must be "discard" or an absolute path';
const isWhole = (n: number) =>
  Number.isInteger(n) && n >= 0 && n <= 1e6 ? undefined : "must be whole seconds: upstart knows no others";
const isSignal = (text: string) => {
  const signal = normaliseSignal(text);
  if (signal === undefined) return `must be a signal such as "SIGTERM", not "${text}"`;
  return signal.startsWith("SIGRT") ? "must not be a real-time signal: upstart knows them by no name" : undefined;
};
const isName = (text: string) =>
  isAccount(text) && !/^\d+$|\s/.test(text) ? undefined : "must be a name: upstart looks up no numbers";
const isEvents = (text: string) =>
  normaliseEvents(text) === undefined
    ? 'must be events with "and" and "or" between them, such as "runlevel [2345]"'
    : undefined;
const isAttempts = (n: number) => {
  if (!Number.isInteger(n) || n < 0 || n > 1e6) return "must be a whole number from 0 (no limit)";
  return n === 1
    ? "must be 0 (no limit) or at least 2: with upstart's respawn a program is started a second time"
    : undefined;
};

/** The checks of values that have a place of their own. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ["displayName", isLine],
  ["description", isLine],
  ["workingDirectory", isFile],
  ["umask", (mask: string) => (/^0?[0-7]{3}$/.test(mask) ? undefined : 'must be an octal number such as "0027"')],
  ["runAs.user", isName],
  ["runAs.group", isName],
  ["restart.delaySeconds", isWhole],
  ["restart.maxAttempts", isAttempts],
  ["stop.signal", isSignal],
  ["stop.timeoutSeconds", isWhole],
  ["reload.signal", isSignal],
  ["reload.command", () => "is nothing that upstart can do: it reloads by a signal (reload.signal)"],
  ["logs.stdout", isLog],
  ["logs.stderr", isLog],
  ["options.upstart.author", isLine],
  ["options.upstart.startOn", isEvents],
  ["options.upstart.stopOn", isEvents],
];

/** Variables that shells set or guard themselves: no script can give them any value. */
const OF_THE_SHELL = new Set(
  "OPTIND PPID LINENO _ UID EUID GROUPS RANDOM SECONDS BASHOPTS SHELLOPTS BASHPID".split(" "),
);

/** Everything in a definition that upstart can't do, each at its path. Values that are not known yet are let pass. */
function validate(definition: Definition): Issue[] {
  const issues = [
    ...CHECKS.flatMap(([path, check]) => issue(definition, path.split("."), check)),
    ...(definition.command ?? []).flatMap((_, i) => issue(definition, ["command", i], i === 0 ? isFile : isText)),
    ...(definition.requires ?? []).flatMap((_, i) => issue(definition, ["requires", i], validateName)),
    ...Object.keys(definition.environment ?? {}).flatMap((name) => checkVariable(definition, name)),
    ...optionsOfOthers(definition, "upstart"),
  ];
  if (definition.command === undefined)
    issues.push({ path: ["command"], message: "must be given: upstart starts nothing else" });
  return issues;
}

const isText = (text: string) => (text.includes("\0") ? "can't hold a NUL character" : undefined);

function issue(definition: Definition, path: Path, check: Check): Issue[] {
  const value = getAt(definition, path);
  const message = value === undefined || value === UNKNOWN ? undefined : check(value as never);
  return message === undefined ? [] : [{ path, message }];
}

function checkVariable(definition: Definition, name: string): Issue[] {
  const path = ["environment", name];
  if (!/^[A-Za-z_]\w*$/.test(name)) return [{ path, message: "is no name of a variable" }];
  if (OF_THE_SHELL.has(name)) return [{ path, message: "can't be given by an upstart job: its shell sets it itself" }];
  return issue(definition, path, isText);
}

/** A definition as upstart would carry it out: every value in its one spelling, upstart's defaults filled in. */
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

/** Nearly all of a job is fixed from its start to its stop. Signals are looked up, and sent, by our own script. */
const impact = impacts(
  "upstart",
  { displayName: "none", description: "none", restart: "restart" },
  ([option]) => BY_OPTION[String(option)] ?? "restart",
);

export const rules: ManagerRules = {
  name: "upstart",
  validateName,
  validate,
  defaults,
  impact,
  exitedWithZero: mustStayInForeground("upstart"),
};
