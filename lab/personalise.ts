import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustExec } from "./exec";
import { hostPaths } from "./paths";

/** The settings that turn a copy of a template into a host of its own. */
export interface Personality {
  hostKey: string;
  hostKeys: string[];
  machineId: string;
  privateKey: string;
  publicKey: string;
  deployPassword: string;
}

/** Makes a key pair and returns its public line. RSA keys have 1024 bits, the least that OpenSSH accepts, because longer ones take long to make. */
export async function keyPair(type: string, file: string): Promise<string> {
  const bits = type === "rsa" ? ["-b", "1024"] : [];
  await mustExec("ssh-keygen", ["-q", "-t", type, ...bits, "-N", "", "-C", "pulumi-bots-lab", "-f", file]);
  return readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" "); // without the comment
}

/** Writes machine id, names, host keys, logins and sshd's port into a tree that is not booted yet. */
export async function personalise(name: string, port: number): Promise<Personality> {
  const { root, key } = hostPaths(name);
  const write = (file: string, text: string) => {
    writeFileSync(join(root, file), text);
    chmodSync(join(root, file), 0o644); // regardless of the umask
  };
  const machineId = randomBytes(16).toString("hex");
  const deployPassword = randomBytes(12).toString("base64url");

  write("etc/machine-id", `${machineId}\n`);
  write("etc/hostname", `${name}\n`);
  write("etc/hosts", `127.0.0.1 localhost ${name}\n::1 localhost ip6-localhost\n`); // debootstrap makes none; sudo asks
  write("etc/resolv.conf", readFileSync("/etc/resolv.conf", "utf8"));
  write("etc/ssh/sshd_config.d/port.conf", `Port ${port}\n`);
  mkdirSync(join(root, "run/sshd"), { recursive: true });

  const hostKeyFile = (type: string) => join(root, `etc/ssh/ssh_host_${type}_key`);
  const [publicKey, hostKeys] = await Promise.all([
    keyPair("ed25519", key),
    Promise.all(["ed25519", "ecdsa", "rsa"].map((type) => keyPair(type, hostKeyFile(type)))),
    mustExec("chroot", [root, "chpasswd"], { input: `deploy:${deployPassword}\n` }),
  ]);
  write("etc/ssh/lab_authorized_keys", `${publicKey}\n`);
  return {
    hostKey: hostKeys[0]!,
    hostKeys,
    machineId,
    privateKey: readFileSync(key, "utf8"),
    publicKey,
    deployPassword,
  };
}
