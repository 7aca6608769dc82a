import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { missingForLab } from "../requirements";
import { missingForWinRm } from "./python";

/** Debian's. The `wine` on the PATH is a script that complains about 32-bit programs, and mangles command lines. */
export const WINE = "/usr/lib/wine/wine64";
export const WINESERVER = "/usr/lib/wine/wineserver64";
export const COMPILER = "/usr/bin/x86_64-w64-mingw32-gcc";

/** tools/setup.sh puts it there. */
export const nssm = (): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-bots/nssm/nssm.exe");

/** Why no Windows host can be started on this computer; empty when it can. */
export function missingForWindows(): string[] {
  const missing = [...missingForLab(), ...missingForWinRm(), ...missingForPrograms()];
  if (!existsSync(WINE)) missing.push("Wine is missing: apt-get install wine64");
  return missing;
}

/** Why the programs that run on a Windows host can't be made on this computer; empty when they can. */
export function missingForPrograms(): string[] {
  const missing: string[] = [];
  if (!existsSync(COMPILER)) missing.push("the compiler for Windows is missing: apt-get install gcc-mingw-w64-x86-64");
  if (!existsSync(nssm())) missing.push("NSSM is missing: npm test downloads it");
  return missing;
}

/** The variables of all that runs in a Wine prefix. Nobody's home folder is linked into it. */
export const wineEnvironment = (prefix: string): Record<string, string> => ({
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  WINEPREFIX: prefix,
  WINEDEBUG: "-all",
  // No .NET and no browser; and of these programs those on the drive, which are the lab's, and not Wine's own.
  WINEDLLOVERRIDES: "mscoree=;mshtml=;sc.exe=n;certutil.exe=n;powershell.exe=n",
});
