import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** The text of a file. Refuses what is not UTF-8, because writing it again would change it. */
export function readText(path: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
}

/** Replaces the text of a file, or leaves the file as it is: nobody sees a half-written one. Keeps its mode, and follows links. */
export function replaceText(path: string, text: string): void {
  const file = realpathSync(path);
  const partial = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(partial, text, { mode: statSync(file).mode & 0o777, flag: "wx" });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
