import { createHmac } from "node:crypto";
import fc from "fast-check";
import {
  covers,
  fingerprint,
  knownName,
  parseKnownHosts,
  parsePublicKey,
  publicKey,
} from "../../provider/transports/ssh/knownHosts";
import { targetOf } from "../support/target";
import { codePoint } from "../support/text";

const KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

test.each<[string, string, boolean]>([
  ["edi1", "edi1", true],
  ["EDI1", "edi1", true],
  ["edi1", "edi12", false],
  ["edi1,10.0.0.5", "10.0.0.5", true],
  ["*.example.com", "edi1.example.com", true],
  ["*.example.com", "example.com", false],
  ["edi?", "edi1", true],
  ["edi?", "edi12", false],
  ["*.example.com,!bad.example.com", "bad.example.com", false],
  ["!bad.example.com,*.example.com", "good.example.com", true],
  ["!bad.example.com", "good.example.com", false],
  ["[edi1]:2222", "[edi1]:2222", true],
  ["edi1", "[edi1]:2222", false],
  ["[*.example.com]:2222", "[edi1.example.com]:2222", true],
  ["edi1.example", "edi1xexample", false],
  ["::1", "::1", true],
])("%s covers %s: %s", (patterns, name, expected) => expect(covers(patterns, name)).toBe(expected));

test.each<[string, number, string]>([
  ["EDI1.example.com.", 22, "edi1.example.com"],
  ["::1", 22, "::1"],
  ["fe80::1%eth0", 2222, "[fe80::1%eth0]:2222"],
])("%s with port %d stands in known_hosts as %s", (address, port, name) => expect(knownName(address, port)).toBe(name));

test.each<[string, string]>([
  ["[::1]", "::1"],
  ["[fe80::1%eth0]", "fe80::1%eth0"],
  ["edi1.example.com.", "edi1.example.com."],
])("%s is dialled as %s, as host, address and jump host", (given, address) => {
  const target = targetOf({ host: given, jump: { host: "b", address: given } });
  expect(target).toMatchObject({ name: given, hops: [{ address }, { address }] });
});

test("a hashed name is the one that it is a hash of", () => {
  const salt = Buffer.from("0123456789abcdef0123");
  const hash = createHmac("sha1", salt).update("[edi1]:2222").digest("base64");
  const field = `|1|${salt.toString("base64")}|${hash}`;
  expect(covers(field, knownName("EDI1", 2222))).toBe(true);
  expect(covers(field, knownName("edi1", 22))).toBe(false);
  expect(covers("|1|", "edi1")).toBe(false);
});

test("a file is read line by line, markers and all; what is no entry is skipped", () => {
  const text = `# comment\n\nedi1 ssh-ed25519 ${KEY} me@here\r\n@revoked * ssh-rsa AAAA\n\t@cert-authority *.x ssh-rsa BBBB\nhalf a\n`;
  expect(parseKnownHosts(text)).toEqual([
    { patterns: "edi1", type: "ssh-ed25519", blob: KEY, line: 3 },
    { patterns: "*", type: "ssh-rsa", blob: "AAAA", line: 4, marker: "@revoked" },
    { patterns: "*.x", type: "ssh-rsa", blob: "BBBB", line: 5, marker: "@cert-authority" },
  ]);
});

test("a public key says its own type, and anything else is none", () => {
  expect(parsePublicKey(`ssh-ed25519 ${KEY} comment`)).toEqual({ type: "ssh-ed25519", blob: KEY });
  for (const text of [KEY, `ssh-rsa ${KEY}`, "ssh-ed25519 hello", "", `edi1 ssh-ed25519 ${KEY}`])
    expect(parsePublicKey(text)).toBeUndefined();
  expect(publicKey(Buffer.from(KEY, "base64"))).toEqual({ type: "ssh-ed25519", blob: KEY });
  expect(fingerprint({ type: "ssh-ed25519", blob: KEY })).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});

test("no text makes the parser or the matcher fail", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), fc.string(), (text, name) => {
      for (const line of parseKnownHosts(text)) covers(line.patterns, name);
      covers(text, name);
      publicKey(Buffer.from(text));
    }),
  );
});
