import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** `~/` is the home folder of the user who runs Pulumi. */
export const expandHome = (path: string): string => (/^~(?=\/|$)/.test(path) ? join(homedir(), path.slice(1)) : path);

/** Reads a file that the user named, or says why that failed. */
export function readNamed(path: string): { text: string } | { problem: string; missing: boolean } {
  const full = expandHome(path);
  try {
    return { text: readFileSync(full, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const words: Record<string, string> = {
      ENOENT: "no such file",
      EACCES: "permission denied",
      EISDIR: "is a folder",
    };
    const problem = `${full}: ${words[code ?? ""] ?? (error as Error).message}`;
    return { problem, missing: code === "ENOENT" };
  }
}
