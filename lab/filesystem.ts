import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { LabError } from "./errors";
import { exec, mustExec } from "./exec";
import { hostPaths } from "./paths";

/**
 * Creates a host's file system: an overlay over the template, which takes 10 ms instead of the seconds of a copy. It falls
 * back to a copy where the kernel allows no overlay, for example when the cache directory is on an overlay itself.
 */
export async function makeFileSystem(name: string, template: string): Promise<void> {
  const { root, upper, work } = hostPaths(name);
  for (const folder of [root, upper, work]) {
    mkdirSync(folder);
    chmodSync(folder, 0o755); // whatever the umask says: it becomes the host's own `/`
  }
  const layers = `lowerdir=${template},upperdir=${upper},workdir=${work}`;
  const { code } = await exec("mount", ["-t", "overlay", "pulumi-bots-lab", "-o", layers, root]);
  if (code !== 0) await mustExec("cp", ["-a", "--reflink=auto", `${template}/.`, root], { timeout: 300_000 });
}

/** The mount points at a directory or below it, deepest first. */
export function mountsBelow(folder: string): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}

/** Removes it with everything in it. Synchronous, because it also runs while the process exits. */
export function removeFileSystem(name: string): void {
  const { folder } = hostPaths(name);
  for (const point of mountsBelow(folder)) spawnSync("umount", [point]);
  if (mountsBelow(folder).length > 0)
    throw new LabError(`${folder} can't be unmounted: is a shell or a program in it?`);
  rmSync(folder, { recursive: true, force: true });
}
