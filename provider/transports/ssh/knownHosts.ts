import { createHash, createHmac } from "node:crypto";
import { matchesGlob, trimEndOf } from "../../../model/text";

/** A public host key: its type, and the base64 that follows it in every file. */
export interface PublicKey {
  type: string;
  blob: string;
}

/** A line of known_hosts. */
export interface KnownHost extends PublicKey {
  /** `@revoked`, `@cert-authority`. */
  marker?: string;
  patterns: string;
  line: number;
}

/** Reads known_hosts as sshd(8) describes it. Invalid lines are skipped, as in OpenSSH. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split("\n").flatMap((raw, index) => {
    const words = raw.trim().split(/\s+/);
    if (!words[0] || words[0].startsWith("#")) return [];
    const marker = words[0].startsWith("@") ? words.shift() : undefined;
    const [patterns, type, blob] = words;
    if (!patterns || !type || !blob) return [];
    return [{ patterns, type, blob, line: index + 1, ...(marker === undefined ? {} : { marker }) }];
  });
}

/** The name of a machine in known_hosts: with its port unless that is 22, and without the final dot of a DNS name. */
export const knownName = (address: string, port: number): string => {
  const name = address.toLowerCase().replace(/\.$/, "");
  return port === 22 ? name : `[${name}]:${port}`;
};

/** Does the first field of a line cover this name? It is hashed, or a comma list with wildcards, in which `!` wins. */
export function covers(patterns: string, name: string): boolean {
  if (patterns.startsWith("|1|")) return hashed(patterns, name);
  const list = patterns.toLowerCase().split(",");
  const hit = (pattern: string) => matchesGlob(pattern, name);
  return list.some((p) => !p.startsWith("!") && hit(p)) && !list.some((p) => p.startsWith("!") && hit(p.slice(1)));
}

function hashed(field: string, name: string): boolean {
  const [, , salt = "", hash = ""] = field.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

/** Parses `ssh-ed25519 AAAA… comment`. Undefined: it is not a key. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const [type, blob] = text.trim().split(/\s+/);
  if (!type || !blob || typeOf(Buffer.from(blob, "base64")) !== type) return undefined;
  return { type, blob };
}

/** A key that a host presented, in the form of known_hosts. */
export const publicKey = (raw: Buffer): PublicKey => ({ type: typeOf(raw), blob: raw.toString("base64") });

/** The fingerprint as `ssh-keygen -l` prints it. */
export const fingerprint = (key: PublicKey): string =>
  `SHA256:${trimEndOf(createHash("sha256").update(Buffer.from(key.blob, "base64")).digest("base64"), /=/)}`;

/** A key begins with its own type, length first. */
function typeOf(raw: Buffer): string {
  const length = raw.length >= 4 ? raw.readUInt32BE(0) : 0;
  return raw.subarray(4, 4 + Math.min(length, 64)).toString("latin1");
}
