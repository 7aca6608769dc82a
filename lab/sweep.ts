import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { hostProcesses, removeCgroups } from "./cgroups";
import { LabError } from "./errors";
import { removeFileSystem } from "./filesystem";
import { hostPaths } from "./paths";
import { isAlive, namespacePids } from "./processes";
import { hostNames, isRunning, readRecord } from "./records";

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Kills all processes of a host, PID 1 first, because killing only nspawn leaves PID 1 running. */
export function killProcesses(name: string): void {
  const until = Date.now() + 10_000;
  for (;;) {
    const pids = hostProcesses(name);
    if (pids.length === 0) return;
    if (Date.now() > until) throw new LabError(`Processes of ${name} can't be killed: ${pids.join(", ")}`);
    pids.sort((a, b) => namespacePids(b).length - namespacePids(a).length);
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it has exited meanwhile
      }
    }
    Atomics.wait(pause, 0, 0, 10);
  }
}

/** Removes nspawn's leftovers in `/run`: a lock on the inode of the host's root, and an empty directory. */
export function forgetInNspawn(name: string, tree: string): void {
  const run = "/run/systemd/nspawn";
  const root = statSync(tree, { throwIfNoEntry: false });
  if (root) rmSync(`${run}/locks/inode-${root.dev}:${root.ino}`, { force: true });
  rmSync(`${run}/propagate/${name}`, { recursive: true, force: true });
}

/** The directory of Wine's socket, which Debian's Wine creates in /tmp and records in the prefix. */
function forgetInWine(prefix: string): void {
  const note = join(prefix, "wineserver");
  const folder = existsSync(note) ? basename(readFileSync(note, "utf8").trim()) : "";
  if (/^wine-\w+$/.test(folder)) rmSync(join("/tmp", folder), { recursive: true, force: true });
}

/** Kills a host and removes everything of it. Synchronous, so that it also works while a process exits. */
export function tearDown(name: string): void {
  killProcesses(name);
  removeCgroups(name);
  forgetInNspawn(name, hostPaths(name).root);
  forgetInWine(hostPaths(name).root);
  removeFileSystem(name); // the record is deleted last, with its directory, so that an interrupted removal is found later
}

/** A directory without a record belongs to a process that is creating it, or was left by a killed one. */
function isForgotten(name: string): boolean {
  try {
    return Date.now() - statSync(hostPaths(name).folder).mtimeMs > 60_000;
  } catch {
    return false;
  }
}

/** Removes the hosts whose owner has exited, and the leftovers of dead hosts. Returns their names. */
export function sweep(): string[] {
  return hostNames().filter((name) => {
    const record = readRecord(name);
    const orphaned = record
      ? (record.owner && !isAlive(record.owner)) || (record.supervisor && !isRunning(record))
      : isForgotten(name);
    if (orphaned) tearDown(name);
    return orphaned;
  });
}
