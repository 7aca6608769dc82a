import { win32 } from "node:path";
import type { Issue } from "../../../model/errors";
import { getAt, type Path } from "../../../model/props";
import type { Definition, ManagerName, StartMode, WindowsOptions } from "../../../model/service";
import { optionsOfOthers } from "../../rules";
import { sameName } from "../registry/values";
import { accountWithoutPassword, hasPassword, virtualAccountOf } from "./accounts";

/** XML has no other control characters, so that WinRM can't carry them. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

/** The error at a property, if there is a message. */
export const issue = (path: Path, message: string | undefined): Issue[] =>
  message === undefined ? [] : [{ path, message }];

/** The error at each property that is set although it must not be. */
export const mustNotBeSet = (definition: Definition, why: readonly (readonly [Path, string])[]): Issue[] =>
  why.flatMap(([path, reason]) =>
    issue(path, getAt(definition, path) === undefined ? undefined : `must not be set: ${reason}`),
  );

/** Why Windows has no service of this name; undefined when it may have one. */
export function validateName(name: string): string | undefined {
  return /[\\/]/.test(name) ? "must not contain / or \\: Windows accepts neither in the name of a service" : undefined;
}

/** What the service control manager does not accept of a definition, whatever runs the program. */
export function scmIssues(definition: Definition, manager: ManagerName, name?: string): Issue[] {
  const { requires = [], workingDirectory } = definition;
  return [
    ...(definition.command === undefined ? issue(["command"], "is required") : []),
    ...issue(["displayName"], tooLong(definition.displayName)),
    ...issue(["workingDirectory"], workingDirectory && checkPath(workingDirectory)),
    ...accountIssues(definition.runAs, name),
    ...mustNotBeSet(definition, [
      [["runAs", "group"], "a Windows service has no group"],
      [["umask"], "Windows has no umask"],
    ]),
    ...requires.flatMap((other, i) => issue(["requires", i], checkRequired(other, name))),
    ...windowsIssues(definition.options?.windows),
    ...optionsOfOthers(definition, manager, "windows"),
  ];
}

function windowsIssues({ failureActions }: WindowsOptions = {}): Issue[] {
  // In a preview, actions may be missing or a text, because they are not known yet.
  const types: (string | undefined)[] = failureActions?.actions?.map(({ type }) => type) ?? [undefined];
  if (types.includes(undefined)) return [];
  const runs = types.includes("run");
  const path = ["options", "windows", "failureActions", "command"];
  if (runs && failureActions?.command === undefined) return issue(path, "is required for the action run");
  if (!runs && failureActions?.command !== undefined) return issue(path, "has no effect: no action is run");
  return [];
}

/** Windows starts the groups one after another, and what starts delayed after all of them. */
export function validateStartMode(mode: StartMode, { options }: Definition): Issue[] {
  if (mode !== "delayed" || options?.windows?.group === undefined) return [];
  return issue(
    ["options", "windows", "group"],
    "must not be set: Windows refuses a delayed start in a load order group",
  );
}

/** The program and its arguments, one by one. */
export function commandIssues([program = "", ...args]: readonly string[]): Issue[] {
  const isBatch = /\.(?:bat|cmd)$/i.test(program);
  const problems = [checkPath(program), ...args.map((argument) => checkArgument(argument, isBatch))];
  return problems.flatMap((message, i) => issue(["command", i], message));
}

/** Windows runs a batch file by cmd.exe, which reads the arguments a second time, in its own way. */
function checkArgument(argument: string, isBatch: boolean): string | undefined {
  return isBatch && /["%&|<>^()!]/.test(argument)
    ? 'must not contain any of " % & | < > ^ ( ) !, because cmd.exe, which runs a batch file, would change them'
    : checkText(argument);
}

/** A drive or a share in front, and nothing that Windows has no file name for. */
export function checkPath(path: string): string | undefined {
  const isWhole = win32.isAbsolute(path) && win32.parse(path).root.length > 1;
  if (!isWhole) return "must be an absolute path with a drive or a share in front, such as C:\\Bots";
  return /["<>|?*\x00-\x1f]/.test(path) ? 'must not contain any of " < > | ? * or a control character' : undefined;
}

export function checkText(text: string): string | undefined {
  return CONTROLS.test(text) ? "must not contain control characters other than tab and line breaks" : undefined;
}

function tooLong(displayName = ""): string | undefined {
  return displayName.length > 256 ? "must be at most 256 characters, which is what Windows accepts" : undefined;
}

/** Variables that every user of the host can read. `checkValue` says what the manager does not accept of a value. */
export function variableIssues(
  { environment = {}, secretEnvironment = [] }: Definition,
  readable: string,
  checkValue: (value: string) => string | undefined = () => undefined,
): Issue[] {
  const names = Object.keys(environment);
  return names.flatMap((variable, i) => {
    const earlier = names.slice(0, i).find((other) => sameName(other, variable));
    const message =
      (secretEnvironment.includes(variable)
        ? `must not be secret: every user of a Windows host can read ${readable}`
        : undefined) ??
      (earlier === undefined ? undefined : `is the same variable as ${earlier}: Windows ignores the case`) ??
      (variable === "" || variable.includes("=") ? "must be named without =" : undefined) ??
      checkValue(environment[variable]!) ??
      checkText(variable) ??
      checkText(environment[variable]!);
    return issue(["environment", variable], message);
  });
}

function accountIssues({ user, password }: Definition["runAs"] = {}, name?: string): Issue[] {
  // In a preview it may be that the account is not known yet.
  if (user === undefined)
    return issue(["runAs", "user"], password && "is required: LocalSystem, the default, has no password");
  const problem = checkAccount(user, name);
  if (problem !== undefined) return issue(["runAs", "user"], problem);
  const needed = hasPassword(user);
  return issue(
    ["runAs", "password"],
    needed === (password !== undefined)
      ? password && checkText(password)
      : needed
        ? `is required: Windows logs ${user} on with it`
        : `must not be set: ${user} has no password`,
  );
}

function checkAccount(user: string, name: string | undefined): string | undefined {
  if (accountWithoutPassword(user) === undefined)
    return /^[^\\@]+\\[^\\@]+$|^[^\\@]+@[^\\@]+$/.test(user)
      ? undefined
      : `must be a built-in account such as LocalService, NT SERVICE\\NAME, .\\${/[\\@]/.test(user) ? "NAME" : user} for an account of the host, DOMAIN\\NAME or NAME@DOMAIN`;
  const owner = virtualAccountOf(user);
  const isOther = owner !== undefined && name !== undefined && !sameName(owner, name);
  return isOther ? `must be NT SERVICE\\${name}: a service can't use the account of another one` : undefined;
}

function checkRequired(other: string, name: string | undefined): string | undefined {
  return name !== undefined && sameName(other, name) ? "is the service itself" : validateName(other);
}
