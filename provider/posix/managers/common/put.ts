import type { HostFile } from "../../shell/step";
import { call } from "../../shell/library";

const words = ({ path, owner, group, mode, content }: HostFile) =>
  [path, owner, group, mode, Buffer.from(content).toString("base64")] as const;

/** Writes a change's files, the last one first, so that no file refers to one that does not exist yet; then removes files. */
export function writeFiles(
  { files, remove }: { files: readonly HostFile[]; remove: readonly string[] },
  by = "write_files",
): string {
  const all = [...files].reverse().flatMap((file) => words(file));
  return call(by, files.length, ...all, ...remove);
}
