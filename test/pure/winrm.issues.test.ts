import { formatPath } from "../../model/props";
import { winRmTarget, type WinRmConnection } from "../../provider/transports/winrm/target";
import { winRmIssues } from "../../provider/transports/winrm/winRmIssues";

const issues = (changes: object) => {
  const connection = { host: "edi3", password: "secret", ...changes } as WinRmConnection;
  return winRmIssues(connection, ["connection"]).map(({ path, message }) => `${formatPath(path)}: ${message}`);
};
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
      'connection.authentication: Basic sends the password in clear text: use "ntlm", which encrypts without TLS, or give tls (port 5986)',
    ],
    [
      { authentication: "kerberos" },
      'connection.authentication: Kerberos is not supported yet: use "ntlm", which encrypts, or "basic" over TLS',
    ],
    [
      { authentication: "CredSSP" },
      'connection.authentication: CredSSP is not supported, because it hands the password to the host: use "ntlm", which encrypts, or "basic" over TLS',
    ],
    [
      { authentication: "digest" },
      'connection.authentication: is not known: use "ntlm", which encrypts, or "basic" over TLS',
    ],
    [
      { authentication: "basic", tls: {}, user: "CORP\\edi" },
      'connection.user: Windows accepts Basic for local accounts only: give the name alone, or use "ntlm"',
    ],
    [{ password: undefined }, "connection.password: is required for WinRM: give password or passwordEnv"],
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
  ])("%j", (changes, message) => expect(issues(changes)).toEqual([message]));
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
