import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import type { HostKeyCheck } from "./hostKey";
import type { Hop } from "../resolve";

/** What OpenSSH before 6.7 may insist on, and ssh2 offers to nobody by itself, or not everywhere. */
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

/** What a hop is offered in the handshake: ssh2's own choice, after that the old ones, when they are asked for. */
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

/** Why a handshake failed. Of nothing in common: what is missing, and what may help. */
export function handshakeProblem({ login }: Hop, message: string): string {
  const [, kind] = /no matching (?:[CS]->[CS] )?(.*)$/.exec(message) ?? [];
  if (kind === undefined) return message;
  const what = kind.replace("host key format", "type of host key");
  const missing = `the server and this provider have no ${what} in common`;
  return login.legacyAlgorithms
    ? `${missing}, not even with legacyAlgorithms`
    : `${missing}. A server older than OpenSSH 6.7 may offer weak algorithms only: legacyAlgorithms: true accepts them`;
}
