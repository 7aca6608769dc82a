import { createHash, createHmac } from "node:crypto";

/** The reason why an NTLM login can't continue. */
export class NtlmError extends Error {
  override name = "NtlmError";
}

/** The MD5 of the concatenated parts. */
export function md5(...parts: (Buffer | string)[]): Buffer {
  return finish(() => createHash("md5"), parts);
}

/** The HMAC-MD5 (RFC 2104) of the concatenated parts. */
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
      "NTLM needs MD5, which this Node.js does not have (FIPS mode, or an OpenSSL configuration that forbids MD5): " +
        'use authentication "basic" over TLS, or run Pulumi with a Node.js that has MD5',
      { cause: error },
    );
  }
  for (const part of parts) digest.update(part);
  return digest.digest();
}
