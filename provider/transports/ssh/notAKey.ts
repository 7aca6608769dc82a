const NEEDED = "the private key is needed, the file without .pub";

/** Texts that people give instead of a private key, and what to do. The first that matches wins; the text continues the property's name. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^$/, "is empty"],
  [/\0/, "is not plain text: a binary (DER) key, or a file in UTF-16; save it as PEM in UTF-8"],
  [/-cert-v\d\d@openssh\.com /, `is an OpenSSH certificate, which is not supported: ${NEEDED}`],
  [/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/, `is a public key: ${NEEDED}`],
  [/BEGIN (?:SSH2 |RSA )?PUBLIC KEY/, `is a public key: ${NEEDED}`],
  [/BEGIN (?:X509 |TRUSTED )?CERTIFICATE/, "is a certificate: the private key is needed"],
  [
    /BEGIN PGP |^lQ[A-Za-z0-9+/]{20}/,
    "is a GPG key: set agentSocket to the output of `gpgconf --list-dirs agent-ssh-socket`",
  ],
  [/AGE-SECRET-KEY-|BEGIN AGE /, "is an age key, which is not for SSH: use an SSH key"],
  [/BEGIN SSH2 ENCRYPTED PRIVATE KEY/, "is in ssh.com format: convert it with `ssh-keygen -i -f KEY`"],
  [/^SSH PRIVATE KEY FILE FORMAT 1/, "is a key of SSH 1, which is not supported: make an Ed25519 key"],
  [/^LS0tLS1CRUdJTi/, "is a key in Base64: decode it first (`base64 -d`)"],
  [/-----END [A-Z ]*PRIVATE KEY-----/, "is cut off: copy the whole file, from -----BEGIN to -----END"],
  [/^(?:~|\.{0,2})\/[^\n]*$|^[A-Za-z]:\\[^\n]*$/, "is the path of a file, not a key: give it as privateKeyFile"],
];

/** What a text is that is not a private key, in words. */
export function notAKey(text: string): string {
  const found = KINDS.find(([pattern]) => pattern.test(text));
  return found?.[1] ?? "is not a private key in OpenSSH or PEM form (-----BEGIN … PRIVATE KEY-----)";
}
