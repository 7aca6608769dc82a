import { posix, win32, type PlatformPath } from "node:path";
import { trimEndOf } from "./text";

/** A drive or a share in front: no path of a POSIX host begins like that. */
const WINDOWS = /^([A-Za-z]:[\\/]|\\\\)/;

/** How the host that an absolute path is for writes its paths, as the path itself tells. */
export function syntaxOf(path: string): PlatformPath {
  return WINDOWS.test(path) ? win32 : posix;
}

/** Is it an absolute path on a host of some platform? What one platform takes, only its managers know. */
export function isAbsolutePath(path: string): boolean {
  return WINDOWS.test(path) || posix.isAbsolute(path);
}

/** A folder without the slashes that may stand at its end. */
export function folderOf(path: string): string {
  const syntax = syntaxOf(path);
  const { root } = syntax.parse(path);
  const folder = trimEndOf(path, syntax.sep === "/" ? /\// : /[\\/]/);
  return folder.length < root.length ? root : folder;
}
