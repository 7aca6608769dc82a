import { readAvPairs, type AvPair } from "./avPairs";
import { NtlmError } from "./digest";

// The three messages of a login ([MS-NLMP] 2.2.1) and their flags (2.2.2.5).
const SIGNATURE = Buffer.from("NTLMSSP\0");
const FLAGS = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSessionSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
};
const OFFERED = Object.values(FLAGS).reduce((all, flag) => (all | flag) >>> 0, 0);
/** Without these flags, the encryption would be weak or missing. */
const NEEDED = ["unicode", "seal", "extendedSessionSecurity", "targetInfo", "key128", "keyExchange"] as const;
/** Windows 10, build 17763, NTLM revision 15 (2.2.2.10). It is for debugging only. */
const VERSION = Buffer.from("0a0063450000000f", "hex");

/** The offset of the message integrity code in an authenticate message. */
const MIC_AT = 72;
const HEADER_LENGTH = 88;

/** The first message: our offer. */
export function negotiateMessage(): Buffer {
  const head = Buffer.alloc(16);
  SIGNATURE.copy(head);
  head.writeUInt32LE(1, 8);
  head.writeUInt32LE(OFFERED, 12);
  return Buffer.concat([head, Buffer.alloc(16), VERSION]);
}

/** The second message, from the host. */
export interface Challenge {
  /** The whole message, as it arrived. */
  bytes: Buffer;
  serverChallenge: Buffer;
  targetInfo: AvPair[];
  /** The flags that both sides offer. */
  flags: number;
}

/** Reads a challenge. An SPNEGO token (RFC 4178), which is a DER structure, may surround it. */
export function readChallenge(token: Buffer): Challenge {
  const start = token.indexOf(SIGNATURE);
  const bytes = token.subarray(Math.max(start, 0));
  if (start < 0 || bytes.length < 48 || bytes.readUInt32LE(8) !== 2)
    throw new NtlmError("the host's answer is not an NTLM challenge");
  const flags = bytes.readUInt32LE(20);
  const missing = NEEDED.filter((name) => (flags & FLAGS[name]) === 0);
  if (missing.length > 0)
    throw new NtlmError(`the host does not offer features that encrypted messages need (${missing.join(", ")})`);
  const [length, at] = [bytes.readUInt16LE(40), bytes.readUInt32LE(44)];
  const targetInfo = readAvPairs(bytes.subarray(at, at + length));
  const end = start === 0 ? bytes.length : Math.max(at + length, bytes.readUInt16LE(12) + bytes.readUInt32LE(16));
  return {
    bytes: bytes.subarray(0, end),
    serverChallenge: bytes.subarray(24, 32),
    targetInfo,
    flags: (flags & OFFERED) >>> 0,
  };
}

/** The third message. Its message integrity code is still empty, because it is computed over the message. */
export function authenticateMessage(parts: {
  flags: number;
  domain: string;
  user: string;
  response: Buffer;
  encryptedSessionKey: Buffer;
}): Buffer {
  const head = Buffer.alloc(HEADER_LENGTH);
  SIGNATURE.copy(head);
  head.writeUInt32LE(3, 8);
  head.writeUInt32LE(parts.flags, 60);
  VERSION.copy(head, 64);
  const fields = [
    Buffer.alloc(24), // no LAN Manager response
    parts.response,
    utf16(parts.domain),
    utf16(parts.user),
    Buffer.alloc(0), // no workstation: the host need not know the computer that runs Pulumi
    parts.encryptedSessionKey,
  ];
  let offset = HEADER_LENGTH;
  fields.forEach((field, i) => {
    head.writeUInt16LE(field.length, 12 + i * 8);
    head.writeUInt16LE(field.length, 14 + i * 8);
    head.writeUInt32LE(offset, 16 + i * 8);
    offset += field.length;
  });
  return Buffer.concat([head, ...fields]);
}

export function setMic(message: Buffer, mic: Buffer): void {
  mic.copy(message, MIC_AT);
}

export const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
