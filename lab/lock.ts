import { spawn } from "node:child_process";
import { once } from "node:events";
import { LabError } from "./errors";

/**
 * Does the work under a lock between processes. flock(1) holds the lock until our end of its standard input closes, so even a
 * run that is killed with SIGKILL does not leave the lock behind.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; cat >/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true, // Ctrl-C must not release the lock before the work has ended
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
