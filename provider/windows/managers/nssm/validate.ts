import { win32 } from "node:path";
import type { Issue } from "../../../../model/errors";
import { getAt, type Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { optionsOfOthers } from "../../../rules";
import { joinArguments } from "../../argv";
import { REPLACED } from "../../registry/reader";
import { sameName } from "../../registry/values";
import { accountWithoutPassword, virtualAccountOf } from "../../scm/accounts";

/** The longest value that NSSM reads, in characters (VALUE_LENGTH in its service.h, less the NUL). */
const MOST_PARAMETERS = 16_382;
/** The longest time that a value of 32 bits holds in milliseconds. */
const MOST_SECONDS = 4_294_967;
/** XML has no other control characters, so that WinRM can't carry them. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

/** What NSSM can't do of a definition, property by property. */
export function validate(definition: Definition, name?: string): Issue[] {
  const { command, workingDirectory, logs = {}, environment = {}, restart = {}, stop = {}, requires = [] } = definition;
  const { nssm = {} } = definition.options ?? {};
  const issue = (path: Path, message: string | undefined): Issue[] =>
    message === undefined ? [] : [{ path, message }];
  const has = (path: Path, message: string) => issue(path, getAt(definition, path) === undefined ? undefined : message);
  return [
    ...(command === undefined ? issue(["command"], "is required") : commandIssues(command)),
    ...issue(["displayName"], tooLong(definition.displayName)),
    ...issue(["workingDirectory"], workingDirectory && checkPath(workingDirectory)),
    ...Object.entries(logs).flatMap(([stream, log]) => issue(["logs", stream], checkLog(log))),
    ...variableIssues(environment, definition.secretEnvironment ?? []),
    ...issue(["runAs", "user"], checkAccount(definition.runAs?.user, name)),
    ...has(["runAs", "group"], "must not be set: a Windows service has no group"),
    ...has(["umask"], "must not be set: Windows has no umask"),
    ...has(["reload"], "must not be set: NSSM can't tell a program to read its configuration again"),
    ...has(["stop", "signal"], "must not be set: Windows has no signals, and NSSM stops a program by Ctrl-C"),
    ...issue(
      ["stop", "mode"],
      stop.mode === "mixed"
        ? "must be group or process: Ctrl-C reaches every process of the console, not only the main one"
        : undefined,
    ),
    ...issue(["restart", "maxAttempts"], restart.maxAttempts ? "must be 0: NSSM restarts without a limit" : undefined),
    ...requires.flatMap((other, i) => issue(["requires", i], checkRequired(other, name))),
    ...DURATIONS.flatMap((path) => issue(path, checkDuration(getAt(definition, path)))),
    ...issue(["options", "nssm", "path"], nssm.path && checkPath(nssm.path)),
    ...withoutMethod(definition),
    ...issue(
      ["options", "nssm", "rotate", "online"],
      nssm.rotate?.online === true && !nssm.rotate.bytes
        ? "needs bytes, the size at which a file is renamed"
        : undefined,
    ),
    ...optionsOfOthers(definition, "nssm"),
  ];
}

/** Why Windows has no service of this name; undefined when it may have one. */
export function validateName(name: string): string | undefined {
  return /[\\/]/.test(name) ? "must not contain / or \\: Windows accepts neither in the name of a service" : undefined;
}

function commandIssues([program = "", ...args]: readonly string[]): Issue[] {
  const isBatch = /\.(?:bat|cmd)$/i.test(program);
  const problems = [checkPath(program), ...args.map((argument) => checkArgument(argument, isBatch))];
  const tooMany =
    joinArguments(args).length > MOST_PARAMETERS
      ? `must have at most ${MOST_PARAMETERS} characters of arguments, which is what NSSM reads`
      : undefined;
  return [
    ...(tooMany === undefined ? [] : [{ path: ["command"], message: tooMany }]),
    ...problems.flatMap((message, i) => (message === undefined ? [] : [{ path: ["command", i], message }])),
  ];
}

/** Windows runs a batch file by cmd.exe, which reads the arguments a second time, in its own way. */
function checkArgument(argument: string, isBatch: boolean): string | undefined {
  return isBatch && /["%&|<>^()!]/.test(argument)
    ? 'must not contain any of " % & | < > ^ ( ) !, because cmd.exe, which runs a batch file, would change them'
    : checkText(argument);
}

/** A drive or a share in front, and nothing that Windows has no file name for. */
function checkPath(path: string): string | undefined {
  const isWhole = win32.isAbsolute(path) && win32.parse(path).root.length > 1;
  if (!isWhole) return "must be an absolute path with a drive or a share in front, such as C:\\Bots";
  return /["<>|?*\x00-\x1f]/.test(path) ? 'must not contain any of " < > | ? * or a control character' : undefined;
}

function checkLog(log: string): string | undefined {
  return log === "discard" ? undefined : checkPath(log);
}

function checkText(text: string): string | undefined {
  return CONTROLS.test(text) ? "must not contain control characters other than tab and line breaks" : undefined;
}

function tooLong(displayName = ""): string | undefined {
  return displayName.length > 256 ? "must be at most 256 characters, which is what Windows accepts" : undefined;
}

function variableIssues(environment: Readonly<Record<string, string>>, secret: readonly string[]): Issue[] {
  const names = Object.keys(environment);
  return names.flatMap((variable, i) => {
    const earlier = names.slice(0, i).find((other) => sameName(other, variable));
    const message =
      (secret.includes(variable)
        ? "must not be secret: every user of a Windows host can read the parameters of NSSM"
        : undefined) ??
      (earlier === undefined ? undefined : `is the same variable as ${earlier}: Windows ignores the case`) ??
      checkVariable(variable, environment[variable]!);
    return message === undefined ? [] : [{ path: ["environment", variable], message }];
  });
}

/** NSSM sets variables one after another, and goes past the end of an empty one: then the next one is lost. */
function checkVariable(name: string, value: string): string | undefined {
  if (name === "" || name.includes("=")) return "must be named without =";
  if (value === "") return "must not be empty: NSSM would lose the variable after it";
  if (REPLACED.test(value)) return "must not contain %NAME%: NSSM replaces it by a variable of the host";
  return checkText(name) ?? checkText(value);
}

function checkAccount(user: string | undefined, name: string | undefined): string | undefined {
  if (user === undefined) return undefined;
  if (accountWithoutPassword(user) === undefined)
    return "must be LocalSystem, LocalService, NetworkService or NT SERVICE\\NAME: other accounts are not supported yet";
  const owner = virtualAccountOf(user);
  const isOther = owner !== undefined && name !== undefined && !sameName(owner, name);
  return isOther ? `must be NT SERVICE\\${name}: a service can't use the account of another one` : undefined;
}

function checkRequired(other: string, name: string | undefined): string | undefined {
  return name !== undefined && sameName(other, name) ? "is the service itself" : validateName(other);
}

const DURATIONS: readonly Path[] = [
  ["restart", "delaySeconds"],
  ["stop", "timeoutSeconds"],
  ...["throttleSeconds", "stopWindowSeconds", "stopThreadsSeconds"].map((option) => ["options", "nssm", option]),
];

function checkDuration(seconds: unknown): string | undefined {
  return typeof seconds === "number" && seconds > MOST_SECONDS ? `must be at most ${MOST_SECONDS} seconds` : undefined;
}

/** A time limit for a way of stopping that is not used. */
function withoutMethod(definition: Definition): Issue[] {
  const methods = definition.options?.nssm?.stopMethods;
  if (methods === undefined) return [];
  const limits: readonly [(typeof methods)[number], Path][] = [
    ["console", ["stop", "timeoutSeconds"]],
    ["window", ["options", "nssm", "stopWindowSeconds"]],
    ["threads", ["options", "nssm", "stopThreadsSeconds"]],
  ];
  return limits
    .filter(([method, path]) => getAt(definition, path) !== undefined && !methods.includes(method))
    .map(([method, path]) => ({ path, message: `has no effect: options.nssm.stopMethods does not name ${method}` }));
}
