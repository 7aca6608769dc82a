import { readdirSync } from "node:fs";
import { join, posix } from "node:path";

/** The folder that a login begins in, and that relative paths of SFTP are in. */
export const PROFILE = "/C:/users/root";

/** Where OpenSSH for Windows has the keys of administrators. */
export const AUTHORIZED_KEYS = "/C:/ProgramData/ssh/administrators_authorized_keys";

/** A path of SFTP, whole: `/C:/x/y` is C:\x\y. */
export const wholePath = (path: string): string => posix.resolve(PROFILE, path.replaceAll("\\", "/"));

/** Where a path of drive C: lies on this computer, undefined when it is on no drive. Windows takes no notice of upper and lower case. */
export function onDrive(root: string, path: string): string | undefined {
  const [drive, ...parts] = wholePath(path).slice(1).split("/");
  if (drive?.toLowerCase() !== "c:") return undefined;
  return parts.filter(Boolean).reduce((folder, part) => join(folder, asItIs(folder, part)), root);
}

function asItIs(folder: string, name: string): string {
  try {
    const names = readdirSync(folder);
    return names.find((other) => other === name) ?? names.find((other) => sameName(other, name)) ?? name;
  } catch {
    return name; // no such folder: nor is there such a file
  }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
