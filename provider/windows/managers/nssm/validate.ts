import type { Issue } from "../../../../model/errors";
import { getAt, type Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { joinArguments } from "../../argv";
import { REPLACED } from "../../registry/reader";
import { checkPath, commandIssues, issue, mustNotBeSet, scmIssues, variableIssues } from "../../scm/validate";

/** The longest value that NSSM reads, in characters (VALUE_LENGTH in its service.h, less the NUL). */
const MOST_PARAMETERS = 16_382;
/** The longest time that a value of 32 bits holds in milliseconds. */
const MOST_SECONDS = 4_294_967;

/** What NSSM can't do of a definition, property by property. */
export function validate(definition: Definition, name?: string): Issue[] {
  const { command, logs = {}, restart = {}, stop = {} } = definition;
  const { nssm = {} } = definition.options ?? {};
  return [
    ...scmIssues(definition, "nssm", name),
    ...(command === undefined ? [] : [...issue(["command"], tooMany(command)), ...commandIssues(command)]),
    ...Object.entries(logs).flatMap(([stream, log]) => issue(["logs", stream], checkLog(log))),
    ...variableIssues(definition, "the parameters of NSSM", checkValue),
    ...mustNotBeSet(definition, [
      [["reload"], "NSSM can't tell a program to read its configuration again"],
      [["stop", "signal"], "Windows has no signals, and NSSM stops a program by Ctrl-C"],
    ]),
    ...issue(
      ["stop", "mode"],
      stop.mode === "mixed"
        ? "must be group or process: Ctrl-C reaches every process of the console, not only the main one"
        : undefined,
    ),
    ...issue(["restart", "maxAttempts"], restart.maxAttempts ? "must be 0: NSSM restarts without a limit" : undefined),
    ...DURATIONS.flatMap((path) => issue(path, checkDuration(getAt(definition, path)))),
    ...issue(["options", "nssm", "path"], nssm.path && checkPath(nssm.path)),
    ...issue(
      ["options", "nssm", "upload"],
      nssm.path && nssm.upload ? "must not be set beside path, which is on the host already" : undefined,
    ),
    ...withoutMethod(definition),
    ...issue(
      ["options", "nssm", "rotate", "online"],
      nssm.rotate?.online === true && !nssm.rotate.bytes
        ? "needs bytes, the size at which a file is renamed"
        : undefined,
    ),
  ];
}

function tooMany([, ...args]: readonly string[]): string | undefined {
  return joinArguments(args).length > MOST_PARAMETERS
    ? `must have at most ${MOST_PARAMETERS} characters of arguments, which is what NSSM reads`
    : undefined;
}

function checkLog(log: string): string | undefined {
  return log === "discard" ? undefined : checkPath(log);
}

/** NSSM sets variables one after another, and goes past the end of an empty one: then the next one is lost. */
function checkValue(value: string): string | undefined {
  if (value === "") return "must not be empty: NSSM would lose the variable after it";
  return REPLACED.test(value) ? "must not contain %NAME%: NSSM replaces it by a variable of the host" : undefined;
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
