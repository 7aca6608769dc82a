import { createHash } from "node:crypto";
import { md5 } from "./digest";
import { endpointHash } from "./signatureHash";

/**
 * Binds a login to its TLS connection, so that nobody in between can relay it: the MD5 of a gss_channel_bindings_struct
 * (RFC 2744, 3.11) with a `tls-server-end-point` (RFC 5929). Undefined when the signature of the certificate uses no hash.
 */
export function channelBinding(certificate: Buffer): Buffer | undefined {
  const hash = endpointHash(certificate);
  if (hash === undefined) return undefined;
  const data = Buffer.concat([Buffer.from("tls-server-end-point:"), createHash(hash).update(certificate).digest()]);
  const head = Buffer.alloc(20); // no addresses: the types and lengths of both sides are 0
  head.writeUInt32LE(data.length, 16);
  return md5(head, data);
}
