import { HostError } from "../../../model/errors";
import { readNamed } from "../files";
import {
  covers,
  fingerprint,
  knownName,
  parseKnownHosts,
  parsePublicKey,
  publicKey,
  type PublicKey,
} from "./knownHosts";
import type { Hop } from "../target";

/** Accepts or refuses the key that a host presents. */
export interface HostKeyCheck {
  /** The algorithms to offer in the handshake, so that the host presents a key of a known type. Undefined: any. */
  algorithms: string[] | undefined;
  /** Throws a HostError (`hostKey`) unless the key is known. */
  verify(raw: Buffer): void;
}

interface Known {
  /** Where the keys come from, for errors. */
  where: string;
  keys: PublicKey[];
  revoked: PublicKey[];
  /** Only a certificate authority is known for the host. */
  authority: boolean;
}

/** The known keys of a hop: pinned (`hostKey`), else in `knownHosts`, else in the file. */
export function hostKeyCheck(hop: Hop): HostKeyCheck {
  const known = lookUp(hop);
  const types = [...new Set(known.keys.map((key) => key.type))];
  return {
    algorithms: types.length ? types.flatMap(signatures).sort((a, b) => weakness(a) - weakness(b)) : undefined,
    verify: (raw) => verify(hop, known, publicKey(raw)),
  };
}

/** An RSA key signs in three ways. The strongest comes first; SHA-1 is for servers that support nothing else. */
const signatures = (type: string) => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type]);

/** Weak algorithms come last, even if known_hosts lists them first. */
const weakness = (algorithm: string) => ["ssh-rsa", "ssh-dss"].indexOf(algorithm) + 1;

function lookUp(hop: Hop): Known {
  const { hostKey, knownHosts, knownHostsFile } = hop.login;
  if (hostKey !== undefined) {
    const key = parsePublicKey(hostKey);
    if (!key) throw new HostError("hostKey", hop.name, "hostKey is not a public key (`ssh-ed25519 AAAA…`)");
    return { where: "hostKey", keys: [key], revoked: [], authority: false };
  }
  if (knownHosts !== undefined) return search(hop, knownHosts, "knownHosts");
  const path = knownHostsFile ?? "~/.ssh/known_hosts";
  const file = readNamed(path);
  if ("text" in file) return search(hop, file.text, path);
  // The default file may be missing: then no key is known.
  if (knownHostsFile === undefined && file.missing) return search(hop, "", path);
  throw new HostError("hostKey", hop.name, `knownHostsFile: ${file.problem}`);
}

function search(hop: Hop, text: string, where: string): Known {
  const name = knownName(hop.address, hop.port);
  const lines = parseKnownHosts(text).filter((line) => covers(line.patterns, name));
  const keys = lines.filter((line) => line.marker === undefined);
  return {
    where,
    keys,
    revoked: lines.filter((line) => line.marker === "@revoked"),
    authority: keys.length === 0 && lines.some((line) => line.marker === "@cert-authority"),
  };
}

function verify(hop: Hop, known: Known, shown: PublicKey): void {
  const same = (key: PublicKey) => key.type === shown.type && key.blob === shown.blob;
  const print = `${shown.type} ${fingerprint(shown)}`;
  const fail = (...lines: string[]) => new HostError("hostKey", hop.name, lines.join("\n"));
  if (known.revoked.some(same))
    throw fail(`the host presented the key ${print}, which is marked @revoked in ${known.where}`);
  if (known.keys.some(same)) return;
  const paste = [
    "If this is the host's key, set hostKey in the connection, or add the line to known_hosts:",
    `  hostKey: ${shown.type} ${shown.blob}`,
    `  known_hosts: ${knownName(hop.address, hop.port)} ${shown.type} ${shown.blob}`,
  ];
  if (known.keys.length) {
    const expected = known.keys.map((key) => `${key.type} ${fingerprint(key)}`).join(", ");
    paste[0] = `If the host was reinstalled, replace the old key (${known.where}) with one of these:`;
    throw fail(
      `THE HOST KEY HAS CHANGED: somebody may be intercepting the connection, or the host was reinstalled.`,
      `Known (${known.where}): ${expected}`,
      `Shown: ${print}`,
      ...paste,
    );
  }
  const authority = known.authority
    ? ` Only a @cert-authority is known for it, and host certificates are not supported: give the key itself.`
    : "";
  throw fail(
    `the host key of ${knownName(hop.address, hop.port)} is unknown (looked in ${known.where}).${authority}`,
    `Shown: ${print}`,
    ...paste,
  );
}
