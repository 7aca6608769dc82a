import { win32 } from "node:path";
import type { Issue } from "../../../../model/errors";
import type { Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { joinArguments } from "../../argv";
import { REPLACED } from "./parameters";

/** The longest value that NSSM reads, in characters (VALUE_LENGTH in its service.h, less the NUL). */
const MOST_PARAMETERS = 16_382;
/** XML has no other control characters, so that WinRM can't carry them. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

/** What NSSM can't do of a definition, property by property. */
export function validate(definition: Definition): Issue[] {
  const { command, workingDirectory, logs = {}, environment = {}, restart = {}, stop = {} } = definition;
  const issue = (path: Path, message: string | undefined): Issue[] =>
    message === undefined ? [] : [{ path, message }];
  const has = (property: keyof Definition, message: string) =>
    definition[property] === undefined ? [] : issue([property], message);
  const program = command?.[0];
  return [
    ...issue(["command"], program === undefined ? "must name the program" : tooLong(command!)),
    ...(program === undefined ? [] : issue(["command", 0], checkPath(program))),
    ...(command ?? []).slice(1).flatMap((argument, i) => issue(["command", i + 1], checkText(argument))),
    ...(workingDirectory === undefined ? [] : issue(["workingDirectory"], checkPath(workingDirectory))),
    ...Object.entries(logs).flatMap(([name, log]) => (log === "discard" ? [] : issue(["logs", name], checkPath(log)))),
    ...Object.entries(environment).flatMap(([name, value]) => issue(["environment", name], checkVariable(name, value))),
    ...(definition.secretEnvironment ?? []).flatMap((name) =>
      issue(["environment", name], "must not be secret: every user of a Windows host can read the parameters of NSSM"),
    ),
    ...has("umask", "must not be set: Windows has no umask"),
    ...has("reload", "must not be set: NSSM can't tell a program to read its configuration again"),
    ...issue(["stop", "signal"], stop.signal && "must not be set: NSSM stops a program by Ctrl-C"),
    ...issue(["restart", "maxAttempts"], restart.maxAttempts ? "must be 0: NSSM restarts without a limit" : undefined),
  ];
}

function tooLong([, ...args]: readonly string[]): string | undefined {
  if (joinArguments(args).length <= MOST_PARAMETERS) return undefined;
  return `must have at most ${MOST_PARAMETERS} characters of arguments, which is what NSSM reads`;
}

/** A drive or a share in front, and nothing that Windows has no file name for. */
function checkPath(path: string): string | undefined {
  const isWhole = win32.isAbsolute(path) && win32.parse(path).root.length > 1;
  if (!isWhole) return "must be an absolute path with a drive or a share in front, such as C:\\Bots";
  return /["<>|?*\x00-\x1f]/.test(path) ? 'must not contain any of " < > | ? * or a control character' : undefined;
}

function checkText(text: string): string | undefined {
  return CONTROLS.test(text) ? "must not contain control characters other than tab and line breaks" : undefined;
}

/** NSSM sets variables one after another, and goes past the end of an empty one: then the next one is lost. */
function checkVariable(name: string, value: string): string | undefined {
  if (name === "" || name.includes("=")) return "must be named without =";
  if (value === "") return "must not be empty: NSSM would lose the variable after it";
  if (REPLACED.test(value)) return "must not contain %NAME%: NSSM replaces it by a variable of the host";
  return checkText(value);
}
