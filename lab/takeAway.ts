import { lstatSync, renameSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./errors";

const folders = ["usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin"];

/** Hides programs of a host before it boots, so that it runs without them. Its template keeps them. */
export function takeAway(root: string, programs: string[]): void {
  const there = (path: string) => lstatSync(join(root, path), { throwIfNoEntry: false });
  const real = folders.filter((folder) => there(folder)?.isDirectory()); // not /bin where it is a link to /usr/bin
  for (const program of new Set(programs)) {
    const found = /^[\w.+-]+$/.test(program) ? real.map((folder) => `${folder}/${program}`).filter(there) : [];
    if (found.length === 0) throw new LabError(`The host has no program "${program}" that could be hidden.`);
    // Moves a link itself, because its target may have other names.
    for (const path of found) renameSync(join(root, path), join(root, `${path}.taken-away`));
  }
}
