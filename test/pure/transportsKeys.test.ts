import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { privateKeyProblem } from "../../provider/transports/ssh/keys";
import { isProblem, readPrivateKey } from "../../provider/transports/ssh/privateKey";

const phrase = "open sesame";
const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const locked = { cipher: "aes-256-cbc", passphrase: phrase } as const;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync("ed25519").privateKey;
const p256 = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey;
const p521 = generateKeyPairSync("ec", { namedCurve: "secp521r1" }).privateKey;
const text = (key: KeyObject, options: object = {}): string => key.export({ ...pkcs8, ...options } as never).toString();

/** What a host checks of a login: that what the key signs fits its public half. */
function works(given: string, original: KeyObject, passphrase?: string): boolean {
  const key = readPrivateKey(given, passphrase);
  if (isProblem(key)) throw new Error(JSON.stringify(key));
  const data = Buffer.from("a login");
  const hash = key.type === "ssh-rsa" ? "sha512" : key.type === "ssh-ed25519" ? null : "sha256";
  const signature = key.sign(data, hash as never) as Buffer | Error;
  if (signature instanceof Error) throw signature;
  return verify(hash, data, createPublicKey(original), signature);
}

jest.setTimeout(60_000); // keys are made here, on a machine that may be busy

describe("a private key in any of its forms", () => {
  test.each<[string, KeyObject, string, string | undefined]>([
    ["RSA, PKCS#8", rsa, text(rsa), undefined],
    ["RSA, PKCS#8, encrypted", rsa, text(rsa, locked), phrase],
    ["RSA, PKCS#1", rsa, text(rsa, { type: "pkcs1" }), undefined],
    ["RSA, PKCS#1, encrypted", rsa, text(rsa, { type: "pkcs1", ...locked }), phrase],
    ["P-256, PKCS#8", p256, text(p256), undefined],
    ["P-256, SEC1", p256, text(p256, { type: "sec1" }), undefined],
    ["P-256, SEC1, encrypted", p256, text(p256, { type: "sec1", ...locked }), phrase],
    ["P-384, PKCS#8, encrypted", p384, text(p384, locked), phrase],
    ["P-521, PKCS#8", p521, text(p521), undefined],
    ["Ed25519, PKCS#8", ed25519, text(ed25519), undefined],
    ["Ed25519, PKCS#8, encrypted", ed25519, text(ed25519, locked), phrase],
    ["RSA, JWK", rsa, JSON.stringify(rsa.export({ format: "jwk" })), undefined],
    ["Ed25519, JWK", ed25519, JSON.stringify(ed25519.export({ format: "jwk" })), undefined],
    ["a passphrase that is not needed", rsa, text(rsa), phrase],
  ])("%s", (_, key, given, passphrase) => {
    expect(works(given, key, passphrase)).toBe(true);
    expect(privateKeyProblem(given, passphrase, false)).toBeUndefined();
  });

  const plain = text(rsa);
  test.each<[string, string]>([
    ["Windows line ends", plain.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${plain}`],
    ["blanks before every line", plain.replace(/^/gm, "    ")],
    ["no line break at the end", plain.trim()],
    ["line breaks as \\n, from JSON or a variable", plain.replaceAll("\n", "\\n")],
    ["blanks in the place of line breaks", plain.trim().replaceAll("\n", " ")],
    ["attributes before it", `Bag Attributes\n    friendlyName: edi\nKey Attributes: <No Attributes>\n${plain}`],
    [
      "its public key and a certificate around it",
      `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${plain}`,
    ],
  ])("with %s", (_, given) => expect(works(given, rsa)).toBe(true));

  test("of an elliptic curve, with the parameters that openssl writes before it", () => {
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect(works(`${parameters}${text(p256, { type: "sec1" })}`, p256)).toBe(true);
  });

  describe("as ssh-keygen writes it", () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-keys-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(["ed25519", "ecdsa", "rsa"])("%s, with and without a passphrase", (type) => {
      const size = type === "rsa" ? ["-b", "2048"] : [];
      for (const passphrase of ["", phrase]) {
        const file = join(folder, `${type}${passphrase.length}`);
        execFileSync("ssh-keygen", [
          "-q",
          "-t",
          type,
          ...size,
          "-a",
          "1",
          "-N",
          passphrase,
          "-C",
          "a: comment",
          "-f",
          file,
        ]);
        const key = readPrivateKey(readFileSync(file, "utf8"), passphrase || undefined);
        if (isProblem(key)) throw new Error(JSON.stringify(key));
        expect(readFileSync(`${file}.pub`, "utf8")).toContain(key.getPublicSSH().toString("base64"));
      }
      const file = readFileSync(join(folder, `${type}${phrase.length}`), "utf8");
      expect(readPrivateKey(file, undefined)).toEqual({ kind: "noPassphrase" });
      expect(readPrivateKey(file, "guess")).toEqual({ kind: "wrongPassphrase" });
      expect(readPrivateKey(file.slice(0, -60), phrase)).toEqual({
        kind: "key",
        text: expect.stringMatching(/cut off/),
      });
    });

    test("with a cipher that ssh2 lacks: the command that changes it", () => {
      const file = join(folder, "chacha");
      const cipher = "chacha20-poly1305@openssh.com";
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-a", "1", "-N", phrase, "-Z", cipher, "-f", file]);
      expect(readPrivateKey(readFileSync(file, "utf8"), phrase)).toEqual({
        kind: "key",
        text: `is encrypted with ${cipher}, which is not supported: run \`ssh-keygen -p -Z aes256-ctr -f KEY\``,
      });
    });
  });
});

describe("a passphrase that is missing or wrong is called so", () => {
  test.each<[string, string]>([
    ["RSA, PKCS#8", text(rsa, locked)],
    ["RSA, PKCS#1", text(rsa, { type: "pkcs1", ...locked })],
    ["P-256, SEC1", text(p256, { type: "sec1", ...locked })],
    ["Ed25519, PKCS#8", text(ed25519, locked)],
  ])("%s", (_, given) => {
    expect(privateKeyProblem(given, undefined, false)).toMatchObject({
      property: "passphrase",
      message: expect.stringMatching(/is required/),
    });
    expect(privateKeyProblem(given, undefined, true)).toBeUndefined();
    expect(privateKeyProblem(given, "guess", false)).toMatchObject({
      property: "passphrase",
      message: "does not decrypt the private key",
    });
  });
});

/** A key in OpenSSH's form of a type that we can't make here: its public half is what counts. */
function openSshKey(type: string): string {
  const field = (value: Buffer | string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const parts = [field("none"), field("none"), field(""), Buffer.from([0, 0, 0, 1])];
  const secret = Buffer.concat([Buffer.alloc(8), field(type), field("x")]);
  const blob = Buffer.concat([Buffer.from("openssh-key-v1\0"), ...parts, field(field(type)), field(secret)]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${blob.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe("what is no key that can be used is called what it is, with the way on", () => {
  const publicText = createPublicKey(rsa).export({ type: "spki", format: "pem" }).toString();
  const putty = (type: string, version: number) =>
    `PuTTY-User-Key-File-${version}: ${type}\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA\n`;
  const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey;
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;
  const ed448 = generateKeyPairSync("ed448").privateKey;

  test.each<[string, string, RegExp]>([
    [
      "PuTTY 3",
      putty("ssh-ed25519", 3),
      /is a PuTTY key \(ssh-ed25519, version 3\).*puttygen KEY\.ppk -O private-openssh/,
    ],
    ["PuTTY 2, Ed25519", putty("ssh-ed25519", 2), /is a PuTTY key \(ssh-ed25519, version 2\).*puttygen/],
    ["PuTTY 2, damaged", putty("ssh-rsa", 2), /is a PuTTY key/],
    ["a public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here", /is a public key: the private key is needed/],
    ["a public key in PEM", publicText, /is a public key/],
    ["a public key of another program", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", /is a public key/],
    [
      "a certificate",
      "ssh-ed25519-cert-v01@openssh.com AAAAIHNz me",
      /is an OpenSSH certificate, which is not supported/,
    ],
    ["an X.509 certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", /is a certificate/],
    ["FIDO", openSshKey("sk-ssh-ed25519@openssh.com"), /FIDO security key \(sk-ssh-ed25519@openssh\.com\)/],
    [
      "a type of OpenSSH that ssh2 lacks",
      openSshKey("ssh-xmss@openssh.com"),
      /of the type ssh-xmss@openssh\.com, which is not/,
    ],
    ["DSA in PKCS#8", text(dsa), /of type DSA, which SSH servers do not accept: use an Ed25519/],
    ["another curve", text(koblitz), /of type EC \(curve secp256k1\)/],
    ["Ed448", text(ed448), /of type ED448/],
    ["a GPG key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n", /is a GPG key: set agentSocket/],
    ["an age key", "# created: 2024\nAGE-SECRET-KEY-1QQQQ", /is an age key/],
    ["ssh.com", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/\n", /ssh-keygen -i -f KEY/],
    ["a public JWK", JSON.stringify(createPublicKey(rsa).export({ format: "jwk" })), /public part of a JSON Web Key/],
    ["a symmetric JWK", '{"kty":"oct","k":"AAAA","d":"x"}', /JSON Web Key that can't be read/],
    ["Base64 of a key", Buffer.from(text(rsa)).toString("base64"), /is a key in Base64: decode it first/],
    ["a path", "~/.ssh/id_ed25519", /is the path of a file, not a key: give it as privateKeyFile/],
    ["UTF-16", Buffer.from(text(rsa), "utf16le").toString("utf8"), /UTF-16/],
    ["nothing", " \n", /is empty/],
    ["something else", "hello", /is not a private key in OpenSSH or PEM form/],
    ["an end without a beginning", text(rsa).slice(40), /is cut off/],
    ["a beginning without an end", text(rsa).slice(0, -40), /is damaged or cut off/],
    ["a hole", text(rsa).replace(/(?<=\n).{64}\n.{64}\n/, ""), /is damaged or cut off/],
    ["strange characters", text(rsa).replace("\n", "\n<key>"), /is damaged or cut off/],
  ])("%s", (_, given, message) => {
    for (const passphrase of [undefined, phrase]) {
      expect(privateKeyProblem(given, passphrase, false)).toEqual({
        property: "privateKey",
        message: expect.stringMatching(message),
      });
    }
  });
});
