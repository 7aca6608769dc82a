import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { labFolder } from "./paths";
import { namespacePids } from "./processes";

/**
 * Each host gets control groups of its own. nspawn puts a host into `payload` below its own group: two hosts started in the
 * same group would share it, and the systemd of one would stop the services of the other. The group also identifies the
 * processes of a host.
 */
export function hostCgroups(name: string): string[] {
  const top = "/sys/fs/cgroup";
  const hierarchies = existsSync(join(top, "cgroup.controllers"))
    ? [top] // version 2 alone
    : [join(top, "systemd"), join(top, "unified")].filter((folder) => existsSync(folder));
  // Two runs with different cache directories may have hosts of the same name.
  const group = `${name}-${createHash("sha256").update(labFolder()).digest("hex").slice(0, 8)}`;
  return hierarchies.map((folder) => join(folder, "pulumi-bots-lab", group));
}

/** The command line that runs a command in the control groups of a host. With `loop`, it restarts after exit code 133. */
export function inCgroups(name: string, command: string[], loop = false): [string, string[]] {
  const groups = hostCgroups(name);
  for (const group of groups) mkdirSync(group, { recursive: true });
  const move = `until [ "$1" = -- ]; do echo $$ >"$1/cgroup.procs" || exit; shift; done; shift\n`;
  const run = loop ? `while "$@"; [ $? -eq 133 ]; do :; done` : `exec "$@"`;
  return ["sh", ["-c", move + run, "lab", ...groups, "--", ...command]];
}

function subgroups(group: string): string[] {
  try {
    const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...below.flatMap((entry) => subgroups(join(group, entry.name))), group]; // deepest first
  } catch {
    return [];
  }
}

/** All processes of a host, including its nspawn. */
export function hostProcesses(name: string): number[] {
  const pids = new Set<number>();
  for (const group of hostCgroups(name).flatMap(subgroups)) {
    try {
      for (const pid of readFileSync(join(group, "cgroup.procs"), "utf8").split("\n")) if (pid) pids.add(Number(pid));
    } catch {
      // the group no longer exists
    }
  }
  return [...pids];
}

/** The pid of a host's PID 1 on this computer. */
export function hostInit(name: string): number | undefined {
  const depth = namespacePids(process.pid).length + 1;
  return hostProcesses(name).find((pid) => {
    const pids = namespacePids(pid);
    return pids.length === depth && pids.at(-1) === 1;
  });
}

/** Removes the groups of a host whose processes have exited. */
export function removeCgroups(name: string): void {
  for (const group of hostCgroups(name).flatMap(subgroups)) {
    try {
      rmdirSync(group);
    } catch {
      // a process in it is still exiting; the next sweep removes the group
    }
  }
}
