import { createPrivateKey, type KeyObject } from "node:crypto";
import type { ParsedKey } from "ssh2";
import { openSshForm, openSshHeader } from "./openSshKey";
import { notAKey } from "./notAKey";
import { ssh2 } from "./ssh2";

/** What is wrong with the text of a private key, or with its passphrase. `text` continues the property's name. */
export type KeyProblem = { kind: "key"; text: string } | { kind: "noPassphrase" } | { kind: "wrongPassphrase" };

/**
 * Reads a private key in any format that needs no helper: OpenSSH, PKCS#1, SEC1, PKCS#8 (also encrypted), JWK, and PuTTY
 * version 2 (RSA and DSA). ssh2 reads fewer formats, so some are converted first.
 */
export function readPrivateKey(given: string, passphrase: string | undefined): ParsedKey | KeyProblem {
  const text = given.replace(/^\uFEFF/, "").trim();
  const block = pemBlock(text);
  if (block?.label === "OPENSSH PRIVATE KEY") return ofOpenSsh(block, passphrase);
  if (block) return ofPem(block, passphrase);
  if (text.startsWith("PuTTY-User-Key-File-")) return ofPuTTY(text, passphrase);
  if (text.startsWith("{")) return ofJwk(text);
  return wrong(notAKey(text));
}

export const isProblem = (key: ParsedKey | KeyProblem): key is KeyProblem => "kind" in key;

const wrong = (text: string): KeyProblem => ({ kind: "key", text });

const DAMAGED = "is damaged or cut off: copy the whole file, from -----BEGIN to -----END";

interface Pem {
  label: string;
  /** Encapsulated headers of the old formats (RFC 1421), which say how the key is encrypted. */
  headers: string;
  body: string;
  text: string;
}

/**
 * The first private key in a text, cleaned: without indentation, with the line breaks that an environment variable or JSON
 * lost, and without the text around it (EC parameters, certificates, attributes).
 */
function pemBlock(given: string): Pem | undefined {
  const text = given.includes("\n") ? given : given.replaceAll("\\r", "").replaceAll("\\n", "\n");
  const begin = /-----BEGIN ((?:[A-Z0-9]+ )?(?:ENCRYPTED )?PRIVATE KEY)-----/.exec(text);
  const label = begin?.[1];
  if (begin === null || label === undefined) return undefined;
  const start = begin.index + begin[0].length;
  const end = text.indexOf(`-----END ${label}-----`, start);
  const words = text
    .slice(start, end < 0 ? undefined : end)
    .split(/[\r\n]+/)
    .map((line) => line.trim());
  const headers = words.filter((line) => line.includes(":"));
  const base64 = words
    .filter((line) => !line.includes(":"))
    .join("")
    .replace(/\s/g, "");
  const body = end < 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? "" : base64;
  const head = headers.length > 0 ? `${headers.join("\n")}\n\n` : "";
  const lines = body.match(/.{1,64}/g)?.join("\n") ?? "";
  return { label, headers: head, body, text: `-----BEGIN ${label}-----\n${head}${lines}\n-----END ${label}-----\n` };
}

function ofOpenSsh({ body, text }: Pem, passphrase: string | undefined): ParsedKey | KeyProblem {
  const header = openSshHeader(Buffer.from(body, "base64"));
  if (header === undefined) return wrong(DAMAGED);
  const { type, cipher } = header;
  if (type.startsWith("sk-"))
    return wrong(
      `is the handle of a FIDO security key (${type}), which is not supported: use another key, or an agent`,
    );
  if (cipher !== "none" && !passphrase) return { kind: "noPassphrase" };
  const key = parsed(text, passphrase);
  if (!(key instanceof Error)) return key;
  // The errors of ssh2 differ only in their texts.
  if (/bad passphrase|bad decrypt|unable to authenticate/i.test(key.message)) return { kind: "wrongPassphrase" };
  if (/unsupported cipher|initialization vector/i.test(key.message))
    return wrong(`is encrypted with ${cipher}, which is not supported: run \`ssh-keygen -p -Z aes256-ctr -f KEY\``);
  if (/unsupported/i.test(key.message)) return wrong(`is of the type ${type}, which is not supported: ${TYPES}`);
  return wrong(DAMAGED);
}

const TYPES = "use an Ed25519, ECDSA or RSA key";

function ofPem(pem: Pem, passphrase: string | undefined): ParsedKey | KeyProblem {
  if (pem.body === "") return wrong(DAMAGED);
  const encrypted = pem.label === "ENCRYPTED PRIVATE KEY" || pem.headers.includes("ENCRYPTED");
  if (encrypted && !passphrase) return { kind: "noPassphrase" };
  try {
    return ofNode(createPrivateKey({ key: pem.text, ...(encrypted ? { passphrase } : {}) }), pem, passphrase);
  } catch {
    // OpenSSL 3 dropped old ciphers that ssh2 still reads.
    const key = parsed(pem.text, passphrase);
    if (!(key instanceof Error)) return key;
    return encrypted ? { kind: "wrongPassphrase" } : wrong(DAMAGED);
  }
}

function ofJwk(text: string): ParsedKey | KeyProblem {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return wrong(notAKey(text));
  }
  const { kty, d } = (jwk ?? {}) as { kty?: unknown; d?: unknown };
  if (kty === undefined) return wrong(notAKey(text));
  if (d === undefined) return wrong("is the public part of a JSON Web Key: the private one is needed");
  try {
    return ofNode(createPrivateKey({ key: jwk as never, format: "jwk" }), undefined, undefined);
  } catch {
    return wrong(`is a JSON Web Key that can't be read: ${TYPES}`);
  }
}

/** Converts a key to the format that ssh2 reads. */
function ofNode(key: KeyObject, pem: Pem | undefined, passphrase: string | undefined): ParsedKey | KeyProblem {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const form = formOf(key, curve);
  // ssh2 reads a DSA key in one format only.
  const text = form ?? (key.asymmetricKeyType === "dsa" && pem?.label === "DSA PRIVATE KEY" ? pem.text : undefined);
  const result = text === undefined ? undefined : parsed(text, passphrase);
  if (result !== undefined && !(result instanceof Error)) return result;
  const kind = curve === undefined ? (key.asymmetricKeyType ?? "unknown").toUpperCase() : `EC (curve ${curve})`;
  return wrong(`is a key of type ${kind}, which SSH servers do not accept: ${TYPES}`);
}

function formOf(key: KeyObject, curve: string | undefined): string | undefined {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }).toString();
    case "ec":
      return ["prime256v1", "secp384r1", "secp521r1"].includes(curve ?? "")
        ? key.export({ type: "sec1", format: "pem" }).toString()
        : undefined;
    case "ed25519":
      return openSshForm(key);
    default:
      return undefined;
  }
}

function ofPuTTY(text: string, passphrase: string | undefined): ParsedKey | KeyProblem {
  const [, version, type = "", encryption] =
    /^PuTTY-User-Key-File-(\d+): ([^\r\n]*)\r?\nEncryption: ([^\r\n]*)/.exec(text) ?? [];
  if (version === "2" && ["ssh-rsa", "ssh-dss"].includes(type)) {
    if (encryption !== "none" && !passphrase) return { kind: "noPassphrase" };
    const key = parsed(text, passphrase);
    if (!(key instanceof Error)) return key;
    if (encryption !== "none") return { kind: "wrongPassphrase" };
  }
  const way =
    "export it in PuTTYgen (Conversions, Export OpenSSH key), or run `puttygen KEY.ppk -O private-openssh -o KEY`";
  return wrong(`is a PuTTY key (${type || "damaged"}, version ${version ?? "unknown"}), which can't be read: ${way}`);
}

function parsed(text: string, passphrase: string | undefined): ParsedKey | Error {
  try {
    const result = ssh2().utils.parseKey(text, passphrase) as ParsedKey | ParsedKey[] | Error;
    const key = Array.isArray(result) ? result[0] : result;
    return key !== undefined && "isPrivateKey" in key ? key : new Error(key?.message);
  } catch (error) {
    return error as Error;
  }
}
