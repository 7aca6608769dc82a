import { UNKNOWN, type Path } from "./props";

/** One value that is not as wanted. */
export interface Deviation {
  path: Path;
  kind: "add" | "update" | "delete";
}

/**
 * Where `wanted` differs from `have`, as deep as both are objects or lists. `undefined` is the same as missing, an
 * empty object the same as none.
 */
export function deviations(have: unknown, wanted: unknown, path: Path = []): Deviation[] {
  if (Object.is(have, wanted)) return [];
  if (isContainer(have) && isContainer(wanted) && Array.isArray(have) === Array.isArray(wanted)) {
    const keys = new Set([...Object.keys(have), ...Object.keys(wanted)]);
    return [...keys].flatMap((key) =>
      deviations(have[key], wanted[key], [...path, Array.isArray(wanted) ? Number(key) : key]),
    );
  }
  if (isNone(have) && isNone(wanted)) return [];
  if (isNone(have)) return [{ path, kind: "add" }];
  if (isNone(wanted)) return [{ path, kind: "delete" }];
  return [{ path, kind: "update" }];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNone(value: unknown): boolean {
  if (value === UNKNOWN) return false;
  return value === undefined || value === null || (isContainer(value) && Object.values(value).every(isNone));
}
