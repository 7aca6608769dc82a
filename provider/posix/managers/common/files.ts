import type { LiveFile, UnmappedLine } from "../../../../model/service";

/** Owner and mode by path, of lines that `stat -c '%U:%G %a %n'` printed. */
export function parseStat(text: string): Map<string, { owner: string; mode: string }> {
  return new Map(
    text.split("\n").flatMap((line): [string, { owner: string; mode: string }][] => {
      const [, owner, mode, path] = /^(\S+) (\d+) (.*)$/.exec(line) ?? [];
      return owner && mode && path ? [[path, { owner, mode: mode.padStart(4, "0") }]] : [];
    }),
  );
}

/** May some users of the host not read it? `modes` as {@link parseStat} reads them, of what links lead to. */
export function isHidden(path: string, modes: ReadonlyMap<string, { mode: string }>): boolean {
  const mode = modes.get(path)?.mode;
  return mode !== undefined && (Number(mode.at(-1)) & 4) === 0;
}

/** A file for root alone that others can read: no property says it, and it is drift all the same. */
export function readableByOthers(path: string, files: readonly LiveFile[]): UnmappedLine[] {
  const { owner = "", mode = "" } = files.find((file) => file.path === path) ?? {};
  const isPrivate = mode === "" || (mode.endsWith("00") && owner.startsWith("root:"));
  return isPrivate ? [] : [{ file: path, line: `(others can read it: owner ${owner}, mode ${mode})` }];
}
