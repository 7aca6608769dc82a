import { AV, writeAvPairs, type AvPair } from "./avPairs";
import { hmacMd5 } from "./digest";
import { md4 } from "./md4";
import { utf16 } from "./messages";

export interface Credentials {
  user: string;
  /** Empty for a local account. */
  domain: string;
  password: string;
}

/** Splits `DOMAIN\user`. `.\user` is a local account. `user@realm` is a user name as a whole. */
export function credentialsOf(login: string, password: string): Credentials {
  const at = login.indexOf("\\");
  const domain = at < 0 ? "" : login.slice(0, at);
  return { user: login.slice(at + 1), domain: domain === "." ? "" : domain, password };
}

/** The key that is derived from a password: NTOWFv2 ([MS-NLMP] 3.3.2). */
export function passwordKey({ user, domain, password }: Credentials): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));
}

/** Converts letter by letter: Windows keeps a letter without a single-letter uppercase form, such as ß. */
const upperCase = (text: string): string =>
  [...text]
    .map((letter) => {
      const capital = letter.toUpperCase();
      return capital.length === letter.length ? capital : letter;
    })
    .join("");

export interface Response {
  /** The NTLMv2 response to a challenge. */
  bytes: Buffer;
  /** The key that encrypts the session key. */
  sessionBaseKey: Buffer;
}

/** The NTLMv2 response ([MS-NLMP] 3.3.2). `time` is a FILETIME of 8 bytes. */
export function respond(
  key: Buffer,
  serverChallenge: Buffer,
  clientChallenge: Buffer,
  time: Buffer,
  targetInfo: readonly AvPair[],
): Response {
  const version = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const four = Buffer.alloc(4);
  const blob = Buffer.concat([version, time, clientChallenge, four, writeAvPairs(targetInfo), four]);
  const proof = hmacMd5(key, serverChallenge, blob);
  return { bytes: Buffer.concat([proof, blob]), sessionBaseKey: hmacMd5(key, proof) };
}

/** The target information of the response: that of the challenge, and our own attributes. */
export function answeredInfo(
  challenge: readonly AvPair[],
  ours: { hasMic: boolean; spn: string; channelBinding: Buffer | undefined },
): AvPair[] {
  const replaced: number[] = [AV.flags, AV.targetName, AV.channelBindings];
  const pairs = challenge.filter(({ id }) => !replaced.includes(id));
  if (ours.hasMic) pairs.push({ id: AV.flags, value: Buffer.from([2, 0, 0, 0]) });
  if (ours.channelBinding) pairs.push({ id: AV.channelBindings, value: ours.channelBinding });
  pairs.push({ id: AV.targetName, value: utf16(ours.spn) });
  return pairs;
}

/** A time as a FILETIME: units of 100 ns since 1601. */
export function fileTime(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.floor(milliseconds)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}
