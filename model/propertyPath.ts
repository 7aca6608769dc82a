import type { Path } from "./props";

/**
 * Parses a path in the syntax of `ignoreChanges`: `a.b`, `a["b.c"]`, `a[0]`, `*` for any key.
 * See https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/
 */
export function parsePath(text: string): Path {
  const parts = text.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, word]) =>
    index !== undefined ? Number(index) : (quoted?.replace(/\\(.)/g, "$1") ?? word ?? ""),
  );
}

/** Is `path` at or below one of `patterns`? */
export function isCovered(path: Path, patterns: readonly Path[]): boolean {
  return patterns.some(
    (pattern) => pattern.length <= path.length && pattern.every((key, i) => key === "*" || key === path[i]),
  );
}
