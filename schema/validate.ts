import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Issue } from "../model/errors";
import { getAt, UNKNOWN, type Path, type Values } from "../model/props";

/**
 * All errors in `values`, each with its property. Unknown values count as valid: they are checked when they are known.
 */
export function validate(schema: z.ZodType, values: Values): Issue[] {
  const unusable = reservedIn(values);
  const result = schema.safeParse(values, { reportInput: true });
  if (result.success) return unusable;
  const issues = result.error.issues
    .flatMap((issue) => likeliest(issue))
    .filter((issue) => !touchesUnknown(values, issue))
    .flatMap((issue) => explain(issue, schema));
  return [...unusable, ...issues];
}

/** Property names that JavaScript schemas and protocols silently ignore. */
function reservedIn(value: unknown, path: Path = []): Issue[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    return key === "__proto__"
      ? [{ path: at, message: "is a reserved name; choose another one" }]
      : reservedIn(inner, at);
  });
}

/** The errors of a union: those of the alternative that the user seems to have meant, if there is one. */
function likeliest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const fits = ({ path, code }: z.core.$ZodIssue) =>
    path.length > 0 || code === "unrecognized_keys" || code === "custom";
  const meant = issue.errors.find((errors) => errors.length > 0 && errors.every(fits));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => likeliest({ ...inner, path: [...issue.path, ...inner.path] }));
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType): Issue[] {
  const path = issue.path as Path;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownProperty(key, keysAt(schema, path)) }));
    case "invalid_type":
      if (issue.input === undefined) return [{ path, message: "is required" }];
      return [
        {
          path,
          message: `must be ${kinds[issue.expected] ?? issue.expected}, not ${describe(issue.input)}${quotes(issue)}`,
        },
      ];
    case "invalid_value": {
      const wanted = issue.values.map((value) => String(value));
      const { input } = issue;
      const given = typeof input === "string" ? JSON.stringify(input.slice(0, 40)) : describe(input);
      const hint = typeof input === "string" ? suggestion(input, wanted) : "";
      const list = wanted.map((value) => `"${value}"`).join(" or ");
      return [{ path, message: `must be ${list}, not ${given}${hint}` }];
    }
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path, message }));
    default:
      return [{ path, message: issue.message }];
  }
}

/** A hint for values in YAML: only quotes make text of a number or a boolean; 0027 without quotes is 23. */
function quotes({ expected, input }: z.core.$ZodIssueInvalidType): string {
  if (expected === "string") return ["number", "boolean"].includes(typeof input) ? ": put it in quotes" : "";
  return typeof input === "string" && unquoted[expected]?.test(input) ? ": remove the quotes" : "";
}

const unquoted: Record<string, RegExp> = { number: /^-?\d+(\.\d+)?$/, int: /^-?\d+$/, boolean: /^(true|false)$/ };

const kinds: Record<string, string> = {
  string: "text",
  object: "an object",
  record: "an object",
  array: "a list",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  if (value !== null && typeof value === "object") return "an object";
  // Does not show the number: it may be a password, and 0027 in YAML is 23, which nobody typed.
  return typeof value === "number" ? (Number.isInteger(value) ? "a number" : "a fraction") : JSON.stringify(value);
}

function unknownProperty(key: string, known: string[]): string {
  return `is not a property${suggestion(key, known)}`;
}

function suggestion(given: string, known: string[]): string {
  if (known.length === 0) return "";
  const near = known.find((name) => name.toLowerCase() === given.toLowerCase()) ?? closest(given, known);
  return distance(given.toLowerCase(), near.toLowerCase()) <= Math.max(2, given.length / 3)
    ? `; did you mean "${near}"?`
    : "";
}

/** The properties that a schema knows at `path`. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  type Def = {
    innerType?: z.ZodType;
    options?: z.ZodType[];
    shape?: Record<string, z.ZodType>;
    valueType?: z.ZodType;
    element?: z.ZodType;
  };
  /** The definitions inside `optional` and other wrappers. A union has those of all its alternatives. */
  const defs = (type: z.ZodType | undefined): Def[] => {
    const def = type?.def as Def | undefined;
    if (def?.innerType) return defs(def.innerType);
    return def?.options ? def.options.flatMap(defs) : def ? [def] : [];
  };
  const at = path.reduce<Def[]>(
    (all, key) => all.flatMap((def) => defs(def.shape?.[key as string] ?? def.valueType ?? def.element)),
    defs(schema),
  );
  return at.flatMap((def) => Object.keys(def.shape ?? {}));
}

/** A rule over several properties ("custom") can't be checked while one of them is unknown; a wrong type can. */
function touchesUnknown(values: Values, { path, code }: z.core.$ZodIssue): boolean {
  if (path.some((_, i) => getAt(values, path.slice(0, i + 1) as Path) === UNKNOWN)) return true;
  return code === "custom" && holdsUnknown(getAt(values, path as Path));
}

/** Whether the value, or a part of it, is unknown. */
export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(holdsUnknown);
}
