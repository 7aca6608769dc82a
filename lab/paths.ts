import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { LabError } from "./errors";

/** The directory of everything that the lab keeps. A function, because tests set XDG_CACHE_HOME. */
export function labFolder(...parts: string[]): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "pulumi-bots", "lab", ...parts);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The parts of one host: its record, its file system, its console. */
export function hostPaths(name: string) {
  // The name becomes a host name and a directory that is deleted later, so it must be safe.
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name))
    throw new LabError(`"${name}" can't be a host's name: small letters, digits and "-", at most 41.`);
  const folder = join(labFolder("hosts"), name);
  return {
    folder,
    record: join(folder, "host.json"),
    root: join(folder, "root"),
    upper: join(folder, "upper"),
    work: join(folder, "work"),
    console: join(folder, "console.log"),
    key: join(folder, "id_ed25519"),
    control: join(folder, "control"),
    sshHostKey: join(folder, "ssh_host_ed25519_key"),
  };
}
