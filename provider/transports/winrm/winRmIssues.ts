import { X509Certificate } from "node:crypto";
import type { Issue } from "../../../model/errors";
import { UNKNOWN } from "../../../model/props";
import { usesTls, type TlsSettings, type WinRmSettings } from "./target";

/** Values that no host accepts, in a connection or in a part of one. */
export function winRmIssues({ tls }: WinRmSettings): Issue[] {
  const issues: Issue[] = [];
  const add = (key: keyof TlsSettings, message: string) => void issues.push({ path: ["tls", key], message });
  const ways = (["caCertificate", "fingerprintSha256", "insecureSkipVerify"] as const).filter((way) => tls?.[way]);
  for (const way of ways.slice(1)) add(way, `give either ${ways[0]} or ${way}, not both`);
  if (tls?.fingerprintSha256 !== undefined && fingerprintOf(tls.fingerprintSha256) === undefined)
    add("fingerprintSha256", "must be the SHA-256 of the host's certificate: 64 hexadecimal digits");
  if (tls?.caCertificate !== undefined && !isCertificate(tls.caCertificate))
    add("caCertificate", "must be certificates in PEM form (-----BEGIN CERTIFICATE-----)");
  return issues;
}

/** Why no login is possible with a whole connection. It may hold values that are not known yet: these count as good. */
export function loginIssues(connection: WinRmSettings): Issue[] {
  const issues: Issue[] = [];
  const { authentication, port, user, password, passwordEnv } = connection;
  if (authentication === "basic" && (port as unknown) !== UNKNOWN && !usesTls(connection)) {
    const message =
      'Basic sends the password in clear text: use "ntlm", which encrypts without TLS, or set tls (port 5986)';
    issues.push({ path: ["authentication"], message });
  }
  if (authentication === "basic" && typeof user === "string" && user.includes("\\")) {
    const message = 'Windows accepts Basic for local accounts only: give the name alone, or use "ntlm"';
    issues.push({ path: ["user"], message });
  }
  if (password === undefined && passwordEnv === undefined)
    issues.push({ path: ["password"], message: "is required for WinRM: set password or passwordEnv" });
  return issues;
}

/** A fingerprint as bytes. Colons and spaces between its digits are ignored. */
export function fingerprintOf(text: string): Buffer | undefined {
  const digits = text.replace(/[:\s]/g, "");
  return /^[0-9a-fA-F]{64}$/.test(digits) ? Buffer.from(digits, "hex") : undefined;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
