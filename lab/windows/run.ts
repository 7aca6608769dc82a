import { inCgroups } from "../cgroups";
import { LabError } from "../errors";
import { exec } from "../exec";
import { hostPaths } from "../paths";
import type { RunResult } from "../types";
import { launch } from "./launcher";
import type { WindowsRunOptions } from "./types";
import { wineEnvironment } from "./wine";

/** Runs a command line in a host, past WinRM and SSH. */
export async function runInWine(name: string, line: string, options: WindowsRunOptions = {}): Promise<RunResult> {
  const { root: prefix } = hostPaths(name);
  const { input, environment, timeout = 60_000 } = options;
  const { argv, code } = launch(prefix, line, environment);
  const [sh, args] = inCgroups(name, argv);
  const { stdout, stderr } = await exec(sh, args, { env: wineEnvironment(prefix), input, timeout });
  const ended = code();
  if (ended === undefined) throw new LabError(`${line} was killed on ${name}`);
  return { code: ended, stdout, stderr };
}

/** The state of each service by its name. */
export async function servicesOf(name: string): Promise<Record<string, string>> {
  const { stdout } = await runInWine(name, "sc.exe query state= all");
  const each = stdout.matchAll(/^SERVICE_NAME: (.*)\r\n[^]*?^ +STATE +: \d +(\w+)/gm);
  return Object.fromEntries([...each].map(([, service, state]) => [service!, state!]));
}
