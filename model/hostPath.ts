import { posix, win32, type PlatformPath } from "node:path";

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
