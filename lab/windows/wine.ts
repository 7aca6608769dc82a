import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { inCgroups } from "../cgroups";
import { LabError } from "../errors";
import { exec } from "../exec";
import { hostPaths } from "../paths";
import { missingForLab } from "../requirements";
import type { RunResult } from "../types";
import { missingForWinRm } from "./python";
import type { WindowsRunOptions } from "./types";

/** Debian's. The `wine` on the PATH is a script that complains about 32-bit programs, and mangles command lines. */
export const WINE = "/usr/lib/wine/wine64";
export const WINESERVER = "/usr/lib/wine/wineserver64";
export const COMPILER = "/usr/bin/x86_64-w64-mingw32-gcc";

/** tools/setup.sh puts it there. */
export const nssm = (): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-bots/nssm/nssm.exe");

/** Why no Windows host can be started on this computer; empty when it can. */
export function missingForWindows(): string[] {
  const missing = [...missingForLab(), ...missingForWinRm()];
  if (!existsSync(WINE)) missing.push("Wine is missing: apt-get install wine64");
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
  WINEDLLOVERRIDES: "mscoree=;mshtml=;sc.exe=n;certutil.exe=n",
});

/** Runs a command line in a host, past WinRM. */
export async function runInWine(name: string, line: string, options: WindowsRunOptions = {}): Promise<RunResult> {
  const { root: prefix } = hostPaths(name);
  const variables = Object.entries(options.environment ?? {}).map(([variable, value]) => `${variable}=${value}`);
  const run = randomUUID();
  const file = join(prefix, "drive_c/lab/run", run);
  writeFileSync(file, [line, "", ...variables, "", ""].join("\0"), "utf16le");
  const [sh, args] = inCgroups(name, [WINE, "C:\\lab\\launch.exe", `C:\\lab\\run\\${run}`]);
  const { input, timeout = 60_000 } = options;
  const { stdout, stderr } = await exec(sh, args, { env: wineEnvironment(prefix), input, timeout });
  const code = Number(readFileSync(`${file}.code`, "utf8"));
  rmSync(`${file}.code`);
  if (existsSync(file)) throw new LabError(`${line} can't be started on ${name}: error ${code}`);
  return { code, stdout, stderr };
}
