import { formatPath } from "../../model/props";
import { connectionIssues } from "../../provider/transports/connectionIssues";
import { winRmTarget, type WinRmConnection } from "../../provider/transports/winrm/target";
import type { Connection } from "../../schema/connection";

const issues = (changes: object, isWhole = true) => {
  const connection = { type: "winrm", host: "edi3", password: "secret", ...changes } as Connection;
  const found = connectionIssues(connection, ["connection"], isWhole);
  return found.map(({ path, message }) => `${formatPath(path)}: ${message}`);
};
const HOST_KEY = `ssh-ed25519 ${Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 0123456789abcdef0123456789abcdef").toString("base64")}`;
const PEM = `-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUV0q5kS8o0rQnq6pKQeQGd1q0yG4wCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----`;

describe("what is wrong with a WinRM connection", () => {
  test.each<[string, object]>([
    ["the defaults", {}],
    ["Basic over TLS", { authentication: "basic", tls: {} }],
    ["Basic on the port of TLS", { authentication: "basic", port: 5986 }],
    ["a fingerprint with colons", { tls: { fingerprintSha256: "AB:".repeat(31) + "cd" } }],
    ["a domain account", { user: "CORP\\edi" }],
    ["a password from a variable", { password: undefined, passwordEnv: "EDI_PASSWORD" }],
  ])("nothing: %s", (_, changes) => expect(issues(changes)).toEqual([]));

  test.each<[object, string]>([
    [
      { authentication: "basic" },
      'connection.authentication: Basic sends the password in clear text: use "ntlm", which encrypts without TLS, or set tls (port 5986)',
    ],
    [
      { authentication: "basic", tls: {}, user: "CORP\\edi" },
      'connection.user: Windows accepts Basic for local accounts only: give the name alone, or use "ntlm"',
    ],
    [{ password: undefined }, "connection.password: is required for WinRM: set password or passwordEnv"],
    [{ passwordEnv: "X" }, "connection.passwordEnv: give either password or passwordEnv, not both"],
    [
      { tls: { fingerprintSha256: "abc" } },
      "connection.tls.fingerprintSha256: must be the SHA-256 of the host's certificate: 64 hexadecimal digits",
    ],
    [
      { tls: { insecureSkipVerify: true, fingerprintSha256: "ab".repeat(32) } },
      "connection.tls.insecureSkipVerify: give either fingerprintSha256 or insecureSkipVerify, not both",
    ],
    [
      { tls: { caCertificate: PEM } },
      "connection.tls.caCertificate: must be certificates in PEM form (-----BEGIN CERTIFICATE-----)",
    ],
    ...(["privateKeyFile", "agentSocket", "hostKey", "knownHosts", "legacyAlgorithms", "jump"] as const).map(
      (name): [object, string] => [
        { [name]: { jump: { host: "bastion" }, hostKey: HOST_KEY }[name as string] ?? "x" },
        `connection.${name}: is not used with type "winrm": remove it`,
      ],
    ),
    [{ become: { method: "sudo" } }, 'connection.become: is not used with type "winrm": remove it'],
    [
      { type: undefined, tls: {} },
      'connection.tls: is for type "winrm", and this connection has type "ssh": set type, or remove it',
    ],
    [
      { type: "local", password: undefined, authentication: "ntlm" },
      'connection.authentication: is for type "winrm", and this connection has type "local": set type, or remove it',
    ],
  ])("%j", (changes, message) => expect(issues(changes)).toEqual([message]));

  test("a part of a connection leaves to the other parts what they may say", () => {
    expect(issues({ password: undefined, authentication: "basic" }, false)).toEqual([]);
    expect(issues({ type: undefined, tls: {}, become: {} }, false)).toEqual([]);
    expect(issues({ tls: { fingerprintSha256: "abc" } }, false)).toHaveLength(1);
    expect(issues({ become: {} }, false)).toHaveLength(1);
  });
});

test.each<[Partial<WinRmConnection>, object]>([
  [{}, { address: "edi3", port: 5985, user: "Administrator", authentication: "ntlm", tls: undefined }],
  [{ tls: {} }, { port: 5986, tls: {} }],
  [{ port: 5986 }, { port: 5986, tls: {} }],
  [
    { port: 443, tls: { insecureSkipVerify: true } },
    { port: 443, tls: { insecureSkipVerify: true } },
  ],
  [{ address: "[2001:db8::1]" }, { address: "2001:db8::1" }],
])("%j is dialled as %j", (given, expected) => {
  expect(winRmTarget({ host: "edi3", password: "secret", ...given })).toMatchObject(expected);
});
