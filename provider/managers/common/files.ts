/** Owner and mode by path, of lines that `stat -c '%U:%G %a %n'` printed. */
export function parseStat(text: string): Map<string, { owner: string; mode: string }> {
  return new Map(
    text.split("\n").flatMap((line): [string, { owner: string; mode: string }][] => {
      const [, owner, mode, path] = /^(\S+) (\d+) (.*)$/.exec(line) ?? [];
      return owner && mode && path ? [[path, { owner, mode: mode.padStart(4, "0") }]] : [];
    }),
  );
}
