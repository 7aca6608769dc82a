import { isObject, UNKNOWN, type Path } from "./props";

/** One value that is not as wanted. */
export interface Deviation {
  path: Path;
  kind: "add" | "update" | "delete";
}

/**
 * Where `wanted` differs from `have`, as deep as both are objects (a missing one counts as empty) or lists.
 * `undefined` is the same as missing, an empty object or list the same as none.
 */
export function deviations(have: unknown, wanted: unknown, path: Path = []): Deviation[] {
  if (Object.is(have, wanted)) return [];
  if (isNone(have) && isNone(wanted)) return [];
  if (isList(have) && isList(wanted)) {
    const length = Math.max(have.length, wanted.length);
    return Array.from({ length }, (_, i) => deviations(have[i], wanted[i], [...path, i])).flat();
  }
  if (isObject(have ?? {}) && isObject(wanted ?? {}) && wanted !== UNKNOWN) {
    const [before, after] = [have ?? {}, wanted ?? {}] as Record<string, unknown>[];
    const keys = new Set([...Object.keys(before!), ...Object.keys(after!)]);
    return [...keys].flatMap((key) => deviations(before![key], after![key], [...path, key]));
  }
  if (isNone(have)) return [{ path, kind: "add" }];
  if (isNone(wanted)) return [{ path, kind: "delete" }];
  return [{ path, kind: "update" }];
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function isNone(value: unknown): boolean {
  if (value === UNKNOWN) return false;
  return value === undefined || value === null || (typeof value === "object" && Object.values(value).every(isNone));
}
