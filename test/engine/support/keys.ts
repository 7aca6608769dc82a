import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new SSH key as text. */
export function newKey(passphrase = ""): { privateKey: string; publicKey: string } {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-key-"));
  const file = join(folder, "key");
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", file]);
    return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8").trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
