import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAvPairs, writeAvPairs } from "../../provider/transports/winrm/ntlm/avPairs";
import { channelBinding } from "../../provider/transports/winrm/ntlm/channelBinding";
import { md4 } from "../../provider/transports/winrm/ntlm/md4";
import { negotiateMessage, readChallenge, utf16 } from "../../provider/transports/winrm/ntlm/messages";
import { Rc4 } from "../../provider/transports/winrm/ntlm/rc4";
import { credentialsOf, fileTime, passwordKey, respond } from "../../provider/transports/winrm/ntlm/response";
import { Sealing } from "../../provider/transports/winrm/ntlm/sealing";
import { endpointHash } from "../../provider/transports/winrm/ntlm/signatureHash";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

describe("MD4 (RFC 1320, A.5)", () => {
  test.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"],
    ["1234567890".repeat(8), "e33b4ddc9c38f2199c3e7b164fcc0536"],
  ])("%p", (text, digest) => expect(md4(Buffer.from(text)).toString("hex")).toBe(digest));
});

describe("RC4 (RFC 6229)", () => {
  test.each([
    ["0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"],
    ["0102030405", 16, "6982944f18fc82d589c403a47a0d0919"],
    ["0102030405", 240, "28cb1132c96ce286421dcaadb8b69eae"],
    ["0102030405", 4096, "ff25b58995996707e51fbdf08b34d875"],
    ["0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"],
    ["0102030405060708090a0b0c0d0e0f10", 16, "5248c4959014126a6e8a84f11d1a9e1c"],
  ])("key %s at %i", (key, offset, stream) => {
    const produced = new Rc4(hex(key)).update(Buffer.alloc(offset + 16)).subarray(offset);
    expect(produced.toString("hex")).toBe(stream);
  });

  test("the stream runs on from one message to the next", () => {
    const whole = new Rc4(hex("0102030405")).update(Buffer.alloc(300));
    const parts = new Rc4(hex("0102030405"));
    expect(Buffer.concat([1, 0, 99, 200].map((length) => parts.update(Buffer.alloc(length))))).toEqual(whole);
  });
});

describe("NTLMv2 ([MS-NLMP] 4.2)", () => {
  const login = credentialsOf("Domain\\User", "Password");
  const key = passwordKey(login);
  const sessionKey = Buffer.alloc(16, 0x55);
  const info = [
    { id: 2, value: utf16("Domain") },
    { id: 1, value: utf16("Server") },
  ];

  test("the key of a password (4.2.4.1.1)", () => {
    expect(key.toString("hex")).toBe("0c868a403bfd7a93a3001ef22ef02e3f");
  });

  test("the response, and the keys that follow from it (4.2.4.1, 4.2.4.2)", () => {
    const { bytes, sessionBaseKey } = respond(
      key,
      hex("0123456789abcdef"),
      Buffer.alloc(8, 0xaa),
      Buffer.alloc(8),
      info,
    );
    expect(bytes.subarray(0, 16).toString("hex")).toBe("68cd0ab851e51c96aabc927bebef6a1c");
    expect(sessionBaseKey.toString("hex")).toBe("8de40ccadbc14a82f15cb0ad0de95ca3");
    expect(new Rc4(sessionBaseKey).update(sessionKey).toString("hex")).toBe("c5dad2544fc9799094ce1ce90bc9d03e");
  });

  test("the first sealed message (4.2.4.4)", () => {
    const { signature, sealed } = new Sealing(sessionKey).seal(utf16("Plaintext"));
    expect(sealed.toString("hex")).toBe("54e50165bf1936dc996020c1811b0f06fb5f");
    expect(signature.toString("hex")).toBe("010000007fb38ec5c55d497600000000");
  });

  test("a message of the host's that was changed, or is not the next one, is refused", () => {
    const fresh = () => new Sealing(sessionKey);
    expect(() => fresh().open(Buffer.alloc(16), Buffer.from("abc"))).toThrow(/signature/);
    // What we sealed ourselves has other keys than what the host seals.
    const { signature, sealed } = fresh().seal(Buffer.from("abc"));
    expect(() => fresh().open(signature, sealed)).toThrow(/signature/);
  });

  test("times are FILETIMEs", () => {
    expect(fileTime(0).readBigUInt64LE()).toBe(116_444_736_000_000_000n);
  });

  test.each([
    ["edi", { user: "edi", domain: "" }],
    [".\\edi", { user: "edi", domain: "" }],
    ["CORP\\edi", { user: "edi", domain: "CORP" }],
    ["edi@corp.example.com", { user: "edi@corp.example.com", domain: "" }],
  ])("the login %s", (text, expected) => {
    expect(credentialsOf(text, "secret")).toEqual({ ...expected, password: "secret" });
  });

  test("a letter without a capital of one letter stays in the user's name, and the domain keeps its case", () => {
    const one = passwordKey(credentialsOf("d\\groß", "p"));
    expect(one).toEqual(passwordKey(credentialsOf("d\\GROß", "p")));
    expect(one).not.toEqual(passwordKey(credentialsOf("d\\GROSS", "p")));
    expect(one).not.toEqual(passwordKey(credentialsOf("D\\GROß", "p")));
  });
});

describe("a challenge", () => {
  const flags = negotiateMessage().readUInt32LE(12);
  const challenge = (changes: { flags?: number; info?: Buffer; type?: number } = {}) => {
    const info = changes.info ?? writeAvPairs([{ id: 7, value: fileTime(0) }]);
    const head = Buffer.alloc(56);
    head.write("NTLMSSP\0");
    head.writeUInt32LE(changes.type ?? 2, 8);
    head.writeUInt32LE(56, 16);
    head.writeUInt32LE(changes.flags ?? flags, 20);
    head.write("12345678", 24);
    head.writeUInt16LE(info.length, 40);
    head.writeUInt32LE(56, 44);
    return Buffer.concat([head, info]);
  };

  test("is read as it is, and from within a token of SPNEGO", () => {
    const plain = readChallenge(challenge());
    expect(plain).toMatchObject({ flags, targetInfo: [{ id: 7, value: fileTime(0) }] });
    expect(plain.serverChallenge.toString()).toBe("12345678");
    const wrapped = readChallenge(Buffer.concat([hex("a181aa3081a7a0030a0101"), challenge(), hex("a3120410")]));
    expect(wrapped).toEqual(plain);
  });

  test.each([
    ["that offers no sealing", challenge({ flags: (flags & ~0x20) >>> 0 }), /does not offer .*\(seal\)/],
    ["of 56 bits", challenge({ flags: (flags & ~0x20000000) >>> 0 }), /\(key128\)/],
    ["of another type", challenge({ type: 3 }), /not an NTLM challenge/],
    ["that is none", Buffer.from("Negotiate me"), /not an NTLM challenge/],
    ["whose target information is cut off", challenge({ info: hex("0700") }), /truncated/],
    ["whose attribute is cut off", challenge({ info: hex("07000800ff") }), /truncated/],
  ])("%s is refused", (_, bytes, message) => expect(() => readChallenge(bytes)).toThrow(message));

  test("cut off anywhere it is refused, and nothing else happens", () => {
    const whole = challenge();
    for (let length = 0; length < whole.length; length++)
      expect(() => readChallenge(whole.subarray(0, length))).toThrow(expect.objectContaining({ name: "NtlmError" }));
  });

  test("attributes are read as they were written", () => {
    const pairs = [
      { id: 1, value: utf16("EDI") },
      { id: 3, value: Buffer.alloc(0) },
    ];
    expect(readAvPairs(writeAvPairs(pairs))).toEqual(pairs);
  });
});

describe("the end point of a certificate (RFC 5929)", () => {
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const pem = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  beforeAll(() => openssl("genrsa", "-out", pem("rsa"), "2048"));
  const certificate = (...options: string[]) => {
    openssl("req", "-x509", "-nodes", "-subj", "/CN=edi", "-keyout", pem("new"), "-out", pem("pem"), ...options);
    return new X509Certificate(readFileSync(pem("pem"))).raw;
  };
  const rsa = ["-key", pem("rsa")];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

  test.each<[string, string[], string | undefined]>([
    ["RSA with SHA-1, for which SHA-256 counts", [...rsa, "-sha1"], "sha256"],
    ["RSA with SHA-256", [...rsa, "-sha256"], "sha256"],
    ["RSA with SHA-384", [...rsa, "-sha384"], "sha384"],
    ["RSA with SHA-512", [...rsa, "-sha512"], "sha512"],
    ["RSA-PSS", [...rsa, "-sha384", "-sigopt", "rsa_padding_mode:pss"], "sha384"],
    ["ECDSA with SHA-256", [...ec, "-sha256"], "sha256"],
    ["ECDSA with SHA-512", [...ec, "-sha512"], "sha512"],
    ["Ed25519, which has no hash", ["-newkey", "ed25519"], undefined],
  ])("%s", (_, options, hash) => {
    const der = certificate(...options);
    expect(endpointHash(der)).toBe(hash);
    expect(channelBinding(der)?.length).toBe(hash && 16);
  });

  test("what is not a certificate has none", () => {
    for (const text of ["", "3082", "30823082", "not a certificate"])
      expect(channelBinding(Buffer.from(text, "hex"))).toBeUndefined();
  });
});

test("a Node.js without MD5 is an error that says what to do", () => {
  jest.isolateModules(() => {
    // MD4 stands for what OpenSSL does not have: in FIPS mode MD5 fails in the same way.
    jest.doMock("node:crypto", () => {
      const real = jest.requireActual<typeof import("node:crypto")>("node:crypto");
      return { ...real, createHash: () => real.createHash("md4"), createHmac: () => real.createHmac("md4", "") };
    });
    const digest = jest.requireActual<typeof import("../../provider/transports/winrm/ntlm/digest")>(
      "../../provider/transports/winrm/ntlm/digest",
    );
    const words = /^NTLM needs MD5, .*FIPS.*: use authentication "basic" over TLS/;
    for (const work of [() => digest.md5("text"), () => digest.hmacMd5(Buffer.from("key"), "text")])
      expect(work).toThrow(expect.objectContaining({ name: "NtlmError", message: expect.stringMatching(words) }));
  });
});
