import { hostInit } from "./cgroups";
import { LabError } from "./errors";
import { exec } from "./exec";
import type { RunOptions, RunResult } from "./types";

/** The environment of a process without a login. */
const bareEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C"];

/** The command line that enters a host by joining the namespaces of its PID 1. */
export function entering(name: string, environment: string[], command: string[], user = "root"): [string, string[]] {
  const init = hostInit(name);
  if (init === undefined) throw new LabError(`${name} is not running.`);
  const namespaces = ["--target", String(init), "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--"];
  const as = user === "root" ? [] : ["/usr/sbin/runuser", "-u", user, "--"];
  return ["nsenter", [...namespaces, "/usr/bin/env", "-i", ...bareEnvironment, ...environment, ...as, ...command]];
}

/** Runs a shell command in a host without SSH, which takes 3 ms. */
export async function runInside(name: string, command: string, options: RunOptions = {}): Promise<RunResult> {
  const [program, args] = entering(name, [], ["/bin/sh", "-c", command], options.user);
  return exec(program, args, { input: options.input, timeout: options.timeout });
}
