import type { Duplex } from "node:stream";

/** The line in which a server names its software (RFC 4253, 4.2). Other lines may come before it. */
const IDENTIFICATION = /^SSH-2\.0-([^\r\n ]+)/m;
/** Bytes after which a server no longer counts as sending that line. */
const ENOUGH = 16_384;

/** Reads the name of the server's software at the start of a connection. The returned function gives it once it is known. */
export function serverSoftware(socket: Duplex): () => string | undefined {
  let heard = "";
  const listen = (chunk: Buffer) => {
    heard += chunk.toString("latin1");
    if (heard.length > ENOUGH || IDENTIFICATION.test(heard)) socket.off("data", listen);
  };
  socket.on("data", listen);
  return () => IDENTIFICATION.exec(heard)?.[1];
}

/** Is it OpenSSH for Windows? */
export const isForWindows = (software: string | undefined): boolean => /^OpenSSH_for_Windows/i.test(software ?? "");

/** Why a Windows host may refuse any login of a user. */
export function userHint(user: string, software: string | undefined): string | undefined {
  return user === "root" && isForWindows(software)
    ? "The host runs Windows, which has no root: set connection.user to an administrator"
    : undefined;
}

/** The versions of OpenSSH that accept a key type. */
const TAKEN: Record<string, { name: string; since?: number; until?: number }> = {
  "ssh-ed25519": { name: "Ed25519", since: 6.5 },
  "ecdsa-sha2-nistp256": { name: "ECDSA", since: 5.7 },
  "ecdsa-sha2-nistp384": { name: "ECDSA", since: 5.7 },
  "ecdsa-sha2-nistp521": { name: "ECDSA", since: 5.7 },
  "ssh-dss": { name: "DSA", until: 7 },
};

/** Why a server may refuse a key that is in authorized_keys. */
export function keyHint(type: string, software: string | undefined): string | undefined {
  const [, major, minor] = /^OpenSSH_(?:for_Windows_)?(\d{1,3})\.(\d{1,3})/.exec(software ?? "") ?? [];
  const taken = TAKEN[type];
  if (major === undefined || minor === undefined || taken === undefined) return undefined;
  const isBefore = (limit: number) => Number(major) + Number(minor) / 10 < limit;
  const { name, since, until } = taken;
  const host = `the host runs OpenSSH ${major}.${minor}`;
  if (since !== undefined && isBefore(since))
    return `${host}, which does not support ${name} keys (new in ${since}): use an RSA key`;
  if (until !== undefined && !isBefore(until))
    return `${host}, which refuses ${name} keys (since ${until.toFixed(1)}): use an Ed25519 or RSA key`;
  return undefined;
}
