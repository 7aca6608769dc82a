import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { hostProcesses, removeCgroups } from "./cgroups";
import { LabError } from "./errors";
import { removeFileSystem } from "./filesystem";
import { hostPaths } from "./paths";
import { isAlive, namespacePids } from "./processes";
import { hostNames, isRunning, readRecord } from "./records";

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Kills all processes of a host: PID 1 first, because nspawn, when killed alone, leaves it running. */
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
        // ended meanwhile
      }
    }
    Atomics.wait(pause, 0, 0, 10);
  }
}

/** What an nspawn leaves in `/run`: a lock on the inode of the host's root, an empty folder. */
export function forgetInNspawn(name: string, tree: string): void {
  const run = "/run/systemd/nspawn";
  const root = statSync(tree, { throwIfNoEntry: false });
  if (root) rmSync(`${run}/locks/inode-${root.dev}:${root.ino}`, { force: true });
  rmSync(`${run}/propagate/${name}`, { recursive: true, force: true });
}

/** The folder of Wine's socket, which Debian's Wine makes in /tmp and notes in the prefix. */
function forgetInWine(prefix: string): void {
  const note = join(prefix, "wineserver");
  const folder = existsSync(note) ? basename(readFileSync(note, "utf8").trim()) : "";
  if (/^wine-\w+$/.test(folder)) rmSync(join("/tmp", folder), { recursive: true, force: true });
}

/** Kills a host and removes all of it. Synchronous, so that it also works while a process ends. */
export function tearDown(name: string): void {
  killProcesses(name);
  removeCgroups(name);
  forgetInNspawn(name, hostPaths(name).root);
  forgetInWine(hostPaths(name).root);
  removeFileSystem(name); // the record goes last, with the folder: a tear-down that was cut short is found again
}

/** A folder without a record is being made by another process, or was left by one that died right then. */
function isForgotten(name: string): boolean {
  try {
    return Date.now() - statSync(hostPaths(name).folder).mtimeMs > 60_000;
  } catch {
    return false;
  }
}

/** Tears down the hosts whose owner has ended, and what is left of hosts that have ended. Returns their names. */
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
