import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A file or folder beside this one. */
export const source = (name: string) => join(repository(), "lab/windows", name);

/** The repository. From dist/, which has no Python in it, this goes back to the sources. */
export function repository(): string {
  const here = __dirname.replace(/[\\/]dist[\\/]lab[\\/]windows$/, "");
  return here === __dirname ? join(here, "../..") : here;
}

/** The folder that Python runs as the WinRM service. */
export const servicePath = (): string => source("wsman");

/** The folder where tools/setup.sh installs the packages of requirements.txt. */
function packages(): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const version = createHash("sha256")
    .update(readFileSync(source("requirements.txt")))
    .digest("hex")
    .slice(0, 12);
  return join(cache, "pulumi-bots/python", version);
}

export const python = (): string => join(packages(), "bin/python");

/** Recordings of pypsrp talking to Windows hosts, from pypsrp's own tests. */
export const recordings = (): string => join(packages(), "recorded");

/** Why the WinRM service can't be started on this computer; empty when it can. */
export function missingForWinRm(): string[] {
  if (!existsSync(join(packages(), "complete")))
    return ["pyspnego, pywinrm and pypsrp are not installed: npm test installs them with python3-venv and pip"];
  return hasGssNtlmssp() ? [] : ["gss-ntlmssp or python3-gssapi is missing: npm test installs both on Debian, as root"];
}

function hasGssNtlmssp(): boolean {
  return (
    existsSync("/usr/lib/python3/dist-packages/gssapi") &&
    libraries().some((folder) => existsSync(join(folder, "gssntlmssp.so")))
  );
}

function libraries(): string[] {
  const all = existsSync("/usr/lib") ? readdirSync("/usr/lib") : [];
  return all.filter((name) => name.endsWith("-linux-gnu")).map((name) => join("/usr/lib", name, "gssntlmssp"));
}
