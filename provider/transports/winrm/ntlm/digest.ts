import { createHash, createHmac } from "node:crypto";

/** NTLM can't go on: the reason, which continues "NTLM: …". */
export class NtlmError extends Error {
  override name = "NtlmError";
}

/** MD5 of the parts, one after the other. */
export function md5(...parts: (Buffer | string)[]): Buffer {
  return finish(() => createHash("md5"), parts);
}

/** HMAC-MD5 (RFC 2104) of the parts, one after the other. */
export function hmacMd5(key: Buffer, ...parts: (Buffer | string)[]): Buffer {
  return finish(() => createHmac("md5", key), parts);
}

interface Digest {
  update(part: Buffer | string): unknown;
  digest(): Buffer;
}

function finish(start: () => Digest, parts: (Buffer | string)[]): Buffer {
  let digest: Digest;
  try {
    digest = start();
  } catch (error) {
    throw new NtlmError(
      "this Node.js has no MD5, without which there is no NTLM (FIPS mode, or an OpenSSL configuration that forbids MD5): " +
        'use authentication "basic" over TLS, or run Pulumi with a Node.js that has MD5',
      { cause: error },
    );
  }
  for (const part of parts) digest.update(part);
  return digest.digest();
}
