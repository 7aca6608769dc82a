import { posix, win32, type PlatformPath } from "node:path";
import { trimEndOf } from "./text";

/** A leading drive or share, which no absolute path of a POSIX host has. */
const WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;

/** The path syntax of an absolute path: Windows or POSIX. */
export function syntaxOf(path: string): PlatformPath {
  return WINDOWS.test(path) ? win32 : posix;
}

/** Is it an absolute path on any platform? Only the managers know what their platform accepts. */
export function isAbsolutePath(path: string): boolean {
  return WINDOWS.test(path) || posix.isAbsolute(path);
}

/** A folder without trailing slashes. */
export function folderOf(path: string): string {
  const syntax = syntaxOf(path);
  const { root } = syntax.parse(path);
  const folder = trimEndOf(path, syntax.sep === "/" ? /\// : /[\\/]/);
  return folder.length < root.length ? root : folder;
}
