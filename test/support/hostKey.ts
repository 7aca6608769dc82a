import { generateKeyPairSync } from "node:crypto";
import { utils, type ParsedKey } from "ssh2";
import { publicKey } from "../../provider/transports/ssh/knownHosts";
import { openSshForm } from "../../provider/transports/ssh/openSshKey";

/** A host key of a server in a test. One in 200 Ed25519 keys that ssh2 itself generates can't be read, by ssh2 either. */
export function hostKeyPair(): { private: string; public: string } {
  const text = openSshForm(generateKeyPairSync("ed25519").privateKey);
  const { type, blob } = publicKey((utils.parseKey(text) as ParsedKey).getPublicSSH());
  return { private: text, public: `${type} ${blob}` };
}
