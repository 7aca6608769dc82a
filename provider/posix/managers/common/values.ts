import { parsePath } from "../../../../model/propertyPath";
import { getAt, type Path } from "../../../../model/props";
import type { Issue } from "../../../../model/errors";
import type { Definition } from "../../../../model/service";
import { normaliseSignal } from "./signals";

/** Returns the error in a value, or undefined. */
export type Check<T = never> = (value: T) => string | undefined;

export const checkLine: Check<string> = (text) =>
  /[\x00-\x1f\x7f]/.test(text) ? "must be one line of plain text" : undefined;

export const checkPath: Check<string> = (path) => {
  if (!path.startsWith("/")) return "must be an absolute path";
  return path.includes("\0") ? "must not contain a NUL character" : undefined;
};

export const checkProgram: Check<string> = (path) =>
  checkPath(path) ?? (path.endsWith("/") ? "must be a program, not a folder" : undefined);

export const checkLog: Check<string> = (log) =>
  log === "discard" || checkPath(log) === undefined ? undefined : 'must be an absolute path or "discard"';

export const checkUmask: Check<string> = (mask) =>
  /^0?[0-7]{3}$/.test(mask) ? undefined : 'must be three or four octal digits, such as "0027"';

/** passwd(5) separates fields by colons, chown(2) reads the highest id as "no change", and programs read "-" as an option. */
export const checkAccount: Check<string> = (name) => {
  const isOne = /^\d+$/.test(name) ? Number(name) < 0xffff_ffff : !/^-|[:/]|^\s|\s$|^\.\.?$/.test(name) && name !== "";
  return isOne ? undefined : "must be a user or group name, or a numeric id";
};

export const checkSignal: Check<string> = (name) =>
  normaliseSignal(name) === undefined ? `must be a signal name such as SIGTERM, not "${name}"` : undefined;

/** A name that every shell and manager accepts (environ(7)). */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks by property, with paths as in `ignoreChanges`. Undefined where a manager accepts every value. */
export type Checks = Readonly<Record<string, Check | undefined>>;

/** The checks of every manager that does not override them. */
const USUAL_CHECKS = {
  command: (argv: readonly string[]) => (argv.length === 0 ? "must name the program" : undefined),
  "command[0]": checkProgram,
  "reload.command[0]": checkPath,
  workingDirectory: checkPath,
  umask: checkUmask,
  "runAs.user": checkAccount,
  "runAs.group": checkAccount,
  "stop.signal": checkSignal,
  "reload.signal": checkSignal,
  "logs.stdout": checkLog,
  "logs.stderr": checkLog,
} as const satisfies Checks;

/** Errors in a definition, for a manager that runs one program: the common checks and the manager's own. */
export function issuesOf(definition: Definition, checks: Checks): Issue[] {
  const required = definition.command === undefined ? [{ path: ["command"], message: "is required" }] : [];
  const all = Object.entries<Check | undefined>({ ...USUAL_CHECKS, ...checks });
  return [
    ...required,
    ...issuesOfPassword(definition),
    ...all.flatMap(([property, check]) => (check ? checkedAt(definition, parsePath(property), check) : [])),
  ];
}

/** The error for a password, which no manager of Linux asks for. */
export function issuesOfPassword({ runAs }: Definition): Issue[] {
  const message = "must not be set: only Windows needs the password of an account";
  return runAs?.password === undefined ? [] : [{ path: ["runAs", "password"], message }];
}

/** Errors in the elements of a list. */
export function issuesOfEach(definition: Definition, path: Path, check: Check<string>): Issue[] {
  const list = (getAt(definition, path) ?? []) as readonly string[];
  return list.flatMap((_, i) => checkedAt(definition, [...path, i], check));
}

/** Errors in the names of variables. `own` tells why a manager can't set a valid name. */
export function issuesOfVariables(definition: Definition, own: Check<string> = () => undefined): Issue[] {
  return Object.keys(definition.environment ?? {}).flatMap((name) => {
    const message = VARIABLE.test(name)
      ? own(name)
      : "must be named with letters, digits and _, not beginning with a digit";
    return message === undefined ? [] : [{ path: ["environment", name], message }];
  });
}

function checkedAt(definition: Definition, path: Path, check: Check): Issue[] {
  const value = getAt(definition, path);
  const message = value === undefined ? undefined : check(value as never);
  return message === undefined ? [] : [{ path, message }];
}
