import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const programs: Record<string, string> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  "ssh-keygen": "openssh-client",
  flock: "util-linux",
  nsenter: "util-linux",
  unshare: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
};

/** Whether a program is on the PATH. */
export function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The reasons why this computer can't boot hosts. Empty when it can. */
export function missingForLab(): string[] {
  if (process.platform !== "linux")
    return [`the lab boots Linux hosts with systemd-nspawn, this is ${process.platform}`];
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push("systemd-nspawn and debootstrap require root rights");
  for (const [program, debianPackage] of Object.entries(programs)) {
    if (!onPath(program)) missing.push(`${program} is missing: apt-get install ${debianPackage}`);
  }
  return missing;
}
