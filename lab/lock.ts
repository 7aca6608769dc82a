import { spawn } from "node:child_process";
import { once } from "node:events";
import { LabError } from "./errors";

/**
 * Does the work while no other process does it. flock(1) holds the lock and lives as long as our end of its standard
 * input: a run that is killed, even with -9, never leaves the lock behind.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; cat >/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true, // Ctrl-C must not take the lock away before the work has ended
  });
  const ended = once(holder, "exit");
  await Promise.race([
    once(holder.stdout, "data"),
    ended.then(([code]) => {
      throw new LabError(`The lock ${file} can't be taken: flock exited with ${code}.`);
    }),
  ]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
