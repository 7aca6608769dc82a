import type { ParsedKey } from "ssh2";
import { isProblem, readPrivateKey } from "./privateKey";
import { ssh2 } from "./ssh2";

/** What is wrong with a private key or its passphrase, as far as that can be known without a server. */
export function privateKeyProblem(
  text: string,
  passphrase: string | undefined,
  passphraseComesLater: boolean,
): { property: "privateKey" | "passphrase"; message: string } | undefined {
  const key = readPrivateKey(text, passphrase);
  if (!isProblem(key)) return undefined;
  switch (key.kind) {
    case "key":
      return { property: "privateKey", message: key.text };
    case "noPassphrase":
      return passphraseComesLater
        ? undefined
        : {
            property: "passphrase",
            message: "is required because the private key is encrypted: set passphrase or passphraseEnv",
          };
    case "wrongPassphrase":
      return { property: "passphrase", message: "does not decrypt the private key" };
  }
}

/** What is wrong with a public host key, `ssh-ed25519 AAAA…`. */
export function hostKeyProblem(text: string): string | undefined {
  if (text.includes("PRIVATE KEY")) return "is a private key: give the public key of the host";
  const parsed = ssh2().utils.parseKey(text) as ParsedKey | ParsedKey[] | Error;
  if (parsed instanceof Error)
    return "must be a public key such as `ssh-ed25519 AAAA…`: run `ssh-keyscan HOST` and leave out the host name";
  return undefined;
}
