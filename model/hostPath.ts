import { posix, win32, type PlatformPath } from "node:path";
import { trimEndOf } from "./text";

export type Platform = "posix" | "windows";

/** A leading drive or share, which no absolute path of a POSIX host has. */
const WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;

/** The path syntax of an absolute path: Windows or POSIX. */
export function syntaxOf(path: string): PlatformPath {
  return WINDOWS.test(path) ? win32 : posix;
}

/** The platform on which it is an absolute path; undefined when it is none. */
export function platformOf(path: string): Platform | undefined {
  if (WINDOWS.test(path)) return "windows";
  return posix.isAbsolute(path) ? "posix" : undefined;
}

/** Is it an absolute path on any platform? Only the managers know what their platform accepts. */
export function isAbsolutePath(path: string): boolean {
  return platformOf(path) !== undefined;
}

/** A folder without trailing slashes. */
export function folderOf(path: string): string {
  const syntax = syntaxOf(path);
  const { root } = syntax.parse(path);
  const folder = trimEndOf(path, syntax.sep === "/" ? /\// : /[\\/]/);
  return folder.length < root.length ? root : folder;
}
