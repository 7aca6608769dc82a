import type { KeyObject } from "node:crypto";

// https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key
const MAGIC = Buffer.from("openssh-key-v1\0");

/** The unencrypted header of a key in OpenSSH's format. Undefined: the key is incomplete. */
export function openSshHeader(data: Buffer): { cipher: string; type: string } | undefined {
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = (): Buffer | undefined => {
    if (at + 4 > data.length) return undefined;
    const length = data.readUInt32BE(at);
    const value = data.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value.length === length ? value : undefined;
  };
  const [cipher, , options] = [next(), next(), next()];
  at += 4; // the number of keys
  const key = next();
  const secret = next();
  if (!cipher || !options || !key || !secret || key.length < 4) return undefined;
  return { cipher: cipher.toString(), type: key.subarray(4, 4 + key.readUInt32BE(0)).toString() };
}

/** An Ed25519 key in OpenSSH's format, the only one that ssh2 reads. */
export function openSshForm(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const [open, secret] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const type = Buffer.from("ssh-ed25519");
  const pair = Buffer.concat([field(type), field(open), field(Buffer.concat([secret, open])), field(Buffer.alloc(0))]);
  const check = Buffer.alloc(8); // two equal numbers, by which a reader detects a wrong passphrase; this key has none
  const padding = Buffer.from(Array.from({ length: (8 - (pair.length % 8)) % 8 }, (_, i) => i + 1));
  const none = field(Buffer.from("none"));
  const one = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    ...[MAGIC, none, none, field(Buffer.alloc(0)), one],
    ...[field(Buffer.concat([field(type), field(open)])), field(Buffer.concat([check, pair, padding]))],
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}
