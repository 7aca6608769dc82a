import { lstatSync, renameSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "./errors";

const folders = ["usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin"];

/** Moves programs of a host aside that is not booted yet, so that it has to do without them. Its template keeps them. */
export function takeAway(root: string, programs: string[]): void {
  const there = (path: string) => lstatSync(join(root, path), { throwIfNoEntry: false });
  const real = folders.filter((folder) => there(folder)?.isDirectory()); // not /bin where it is a link to /usr/bin
  for (const program of new Set(programs)) {
    const found = /^[\w.+-]+$/.test(program) ? real.map((folder) => `${folder}/${program}`).filter(there) : [];
    if (found.length === 0) throw new LabError(`There is no program "${program}" in the host to be taken away.`);
    // A link is moved itself: what it leads to may have other names.
    for (const path of found) renameSync(join(root, path), join(root, `${path}.taken-away`));
  }
}
