import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import type { HostKeyCheck } from "./hostKey";
import type { Hop } from "../target";

/** Algorithms that OpenSSH before 6.7 may require, and that ssh2 does not offer by default on every system. */
const LEGACY = {
  kex: ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
  cipher: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"],
  hmac: ["hmac-sha1", "hmac-md5"],
  serverHostKey: ["ssh-rsa", "ssh-dss"],
} satisfies {
  kex: KexAlgorithm[];
  cipher: CipherAlgorithm[];
  hmac: MacAlgorithm[];
  serverHostKey: ServerHostKeyAlgorithm[];
};

/** The algorithms offered in the handshake: those of ssh2, followed by the legacy ones if the user allows them. */
export function algorithms({ login }: Hop, check: HostKeyCheck): Algorithms {
  const known = check.algorithms ? { serverHostKey: check.algorithms as ServerHostKeyAlgorithm[] } : {};
  if (!login.legacyAlgorithms) return known;
  const last = <T>(append: T[]) => ({ append, prepend: [], remove: [] });
  return {
    kex: last<KexAlgorithm>(LEGACY.kex),
    cipher: last<CipherAlgorithm>(LEGACY.cipher),
    hmac: last<MacAlgorithm>(LEGACY.hmac),
    serverHostKey: last<ServerHostKeyAlgorithm>(LEGACY.serverHostKey),
    ...known,
  };
}

/** Why a handshake failed. If no algorithm matches, says which kind and what may help. */
export function handshakeProblem({ login }: Hop, message: string): string {
  const [, kind] = /no matching (?:[CS]->[CS] )?(.*)$/.exec(message) ?? [];
  if (kind === undefined) return message;
  const what = kind.replace("host key format", "type of host key");
  const missing = `the server and this provider have no ${what} in common`;
  return login.legacyAlgorithms
    ? `${missing}, not even with legacyAlgorithms`
    : `${missing}. A server older than OpenSSH 6.7 may offer only weak algorithms: set legacyAlgorithms: true to accept them`;
}
