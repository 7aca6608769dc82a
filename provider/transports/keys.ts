import { utils, type ParsedKey } from "ssh2";

/** What is wrong with the text of a private key, or with its passphrase, as far as it can be told without a server. */
export function privateKeyProblem(
  key: string,
  passphrase: string | undefined,
  passphraseComesLater: boolean,
): { property: "privateKey" | "passphrase"; message: string } | undefined {
  const parsed = utils.parseKey(key, passphrase);
  if (!(parsed instanceof Error)) {
    return firstOf(parsed)?.isPrivateKey()
      ? undefined
      : { property: "privateKey", message: "is a public key, not a private one" };
  }
  if (/no passphrase given/i.test(parsed.message)) {
    if (passphraseComesLater) return undefined;
    return { property: "passphrase", message: "is required: the private key is encrypted" };
  }
  if (/bad passphrase|integrity check failed|bad decrypt/i.test(parsed.message)) {
    return { property: "passphrase", message: "does not open the private key" };
  }
  return { property: "privateKey", message: "is not a private key in OpenSSH or PEM form" };
}

/** What is wrong with a public host key, `ssh-ed25519 AAAA…`. */
export function hostKeyProblem(text: string): string | undefined {
  const parsed = utils.parseKey(text);
  if (parsed instanceof Error)
    return "must be a public key such as `ssh-ed25519 AAAA…` (as `ssh-keyscan HOST` prints it, without the host name)";
  return firstOf(parsed)?.isPrivateKey() ? "is a private key: give the host's public one" : undefined;
}

/** A key file may hold several keys. */
function firstOf(parsed: ParsedKey | ParsedKey[]): ParsedKey | undefined {
  return Array.isArray(parsed) ? parsed[0] : parsed;
}
