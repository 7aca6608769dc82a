import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors";
import { WINE } from "./wine";

/** How a command line is run in a prefix: by programs/launch.c, which this computer starts. */
export interface Launch {
  argv: [program: string, ...args: string[]];
  /** The exit code of Windows, once the process has ended; undefined when it was killed. */
  code: () => number | undefined;
}

export function launch(prefix: string, line: string, environment: Record<string, string> = {}): Launch {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const name = randomUUID();
  const file = join(prefix, "drive_c/lab/run", name);
  writeFileSync(file, [line, "", ...variables, "", ""].join("\0"), "utf16le");
  const code = () => {
    const isUnused = existsSync(file);
    const found = existsSync(`${file}.code`) ? Number(readFileSync(`${file}.code`, "utf8")) : undefined;
    for (const path of [file, `${file}.code`]) rmSync(path, { force: true });
    if (isUnused) throw new LabError(`${line} can't be started: error ${found ?? "unknown"}`);
    return found;
  };
  return { argv: [WINE, "C:\\lab\\launch.exe", `C:\\lab\\run\\${name}`], code };
}
