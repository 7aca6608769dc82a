import { isObject, UNKNOWN, type Path } from "./props";

/** One value that differs from the wanted one. */
export interface Deviation {
  path: Path;
  kind: "add" | "update" | "delete";
}

/**
 * The differences between `have` and `wanted`, compared deeply where both are objects (a missing one counts as empty) or
 * lists. `undefined` equals missing, and an empty object or list equals none.
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
