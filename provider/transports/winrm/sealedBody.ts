// [MS-WSMV] 2.2.9.1: a body of two parts. The second holds the length of the signature, the signature and the encrypted text.
const PROTOCOL = "application/HTTP-SPNEGO-session-encrypted";
const BOUNDARY = "--Encrypted Boundary";
const SIGNATURE_LENGTH = 16;

export const SEALED_TYPE = `multipart/encrypted;protocol="${PROTOCOL}";boundary="Encrypted Boundary"`;

/** The protocol of an encrypted body. Undefined when the body is not encrypted. */
export function encryptionOf(contentType: string | undefined): "ntlm" | "other" | undefined {
  if (contentType === undefined || !/^\s*multipart\/(?:x-multi-)?encrypted/i.test(contentType)) return undefined;
  return contentType.includes(PROTOCOL) ? "ntlm" : "other";
}

export function writeSealedBody(length: number, signature: Buffer, sealed: Buffer): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(signature.length);
  const head = [
    BOUNDARY,
    `\tContent-Type: ${PROTOCOL}`,
    `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${length}`,
    BOUNDARY,
    "\tContent-Type: application/octet-stream",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), count, signature, sealed, Buffer.from(`${BOUNDARY}--\r\n`)]);
}

/**
 * Splits a body by the length in its header, because the encrypted text may contain the boundary. Undefined when it is not
 * an encrypted body.
 */
export function readSealedBody(body: Buffer): { signature: Buffer; sealed: Buffer } | undefined {
  const mark = "application/octet-stream\r\n";
  const start = body.indexOf(mark) + mark.length;
  const head = body.subarray(0, start).toString("latin1");
  const length = Number(/Length=(\d{1,9})\b/i.exec(head)?.[1]);
  if (start < mark.length || Number.isNaN(length) || body.length < start + 4) return undefined;
  if (body.readUInt32LE(start) !== SIGNATURE_LENGTH) return undefined;
  const at = start + 4 + SIGNATURE_LENGTH;
  const end = body.subarray(at + length).toString("latin1");
  if (at + length > body.length || !end.startsWith(BOUNDARY)) return undefined;
  return { signature: body.subarray(start + 4, at), sealed: body.subarray(at, at + length) };
}
