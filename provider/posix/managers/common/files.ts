import { sha256 } from "../../../../model/hash";
import type { Definition, LiveFile, UnmappedLine } from "../../../../model/service";
import type { Fields, HostFile } from "../../shell/step";
import { splitEnvironment } from "./environment";
import { environmentPath } from "./secrets";

/** Owner and mode by path, from the output of `stat -c '%U:%G %a %n'`. */
export function parseStat(text: string): Map<string, { owner: string; mode: string }> {
  return new Map(
    text.split("\n").flatMap((line): [string, { owner: string; mode: string }][] => {
      const [, owner, mode, path] = /^(\S+) (\d+) (.*)$/.exec(line) ?? [];
      return owner && mode && path ? [[path, { owner, mode: mode.padStart(4, "0") }]] : [];
    }),
  );
}

/** Whether some users of the host can't read a file. `modes` comes from {@link parseStat}, with links followed. */
export function isHidden(path: string, modes: ReadonlyMap<string, { mode: string }>): boolean {
  const mode = modes.get(path)?.mode;
  return mode !== undefined && (Number(mode.at(-1)) & 4) === 0;
}

/** Reports a file for root alone that others can read. This is drift, although no property covers it. */
export function readableByOthers(path: string, files: readonly LiveFile[]): UnmappedLine[] {
  const { owner = "", mode = "" } = files.find((file) => file.path === path) ?? {};
  const isPrivate = mode === "" || (mode.endsWith("00") && owner.startsWith("root:"));
  return isPrivate ? [] : [{ file: path, line: `(others can read it: owner ${owner}, mode ${mode})` }];
}

/** The files of a definition: the one that the manager reads, and the secret variables in `format`, for root alone. */
export function definitionFiles(
  name: string,
  definition: Definition,
  main: Pick<HostFile, "path" | "content" | "mode">,
  format: (variables: Readonly<Record<string, string>>) => string,
): HostFile[] {
  const { secret } = splitEnvironment(definition);
  const roots = { owner: "root", group: "root" };
  const file = { ...roots, ...main };
  if (Object.keys(secret).length === 0) return [file];
  return [file, { ...roots, path: environmentPath(name), content: format(secret), mode: "0600", secret: true }];
}

/** The same files as they are on the host, with owner and mode from stat(1). A private file has no hash. */
export function liveFiles(
  name: string,
  { path, text, isPrivate = false }: { path: string; text: string; isPrivate?: boolean },
  fields: Fields,
): LiveFile[] {
  const stat = parseStat(fields.get("stat") ?? "");
  const secrets = environmentPath(name);
  return [
    { path, owner: "", mode: "", ...stat.get(path), ...(!isPrivate && { sha256: sha256(text) }) },
    ...(stat.has(secrets) ? [{ path: secrets, ...stat.get(secrets)! }] : []),
  ];
}
