import { X509Certificate } from "node:crypto";
import type { Issue } from "../../../model/errors";
import type { Path } from "../../../model/props";
import { usesTls, type WinRmConnection } from "./target";

/** Authentications of WinRM that this client does not support. */
const OTHERS: Record<string, string> = {
  kerberos: "Kerberos is not supported yet",
  credssp: "CredSSP is not supported, because it hands the password to the host",
  negotiate: "name the mechanism instead of negotiating it",
  certificate: "client certificates are not supported",
};

/** Errors in the settings of a WinRM connection that can be found without a host. */
export function winRmIssues(connection: Partial<WinRmConnection>, at: Path): Issue[] {
  const issues: Issue[] = [];
  const add = (path: Path, message: string) => void issues.push({ path: [...at, ...path], message });
  const { tls, authentication = "ntlm" } = connection;
  if (authentication !== "ntlm" && authentication !== "basic") {
    const known = OTHERS[String(authentication).toLowerCase()] ?? "is not known";
    add(["authentication"], `${known}: use "ntlm", which encrypts, or "basic" over TLS`);
  }
  if (authentication === "basic" && !usesTls(connection))
    add(
      ["authentication"],
      'Basic sends the password in clear text: use "ntlm", which encrypts without TLS, or give tls (port 5986)',
    );
  if (authentication === "basic" && connection.user?.includes("\\"))
    add(["user"], 'Windows accepts Basic for local accounts only: give the name alone, or use "ntlm"');
  if (connection.password === undefined && connection.passwordEnv === undefined)
    add(["password"], "is required for WinRM: give password or passwordEnv");
  if (connection.password !== undefined && connection.passwordEnv !== undefined)
    add(["passwordEnv"], "give either password or passwordEnv, not both");
  const ways = (["caCertificate", "fingerprintSha256", "insecureSkipVerify"] as const).filter((way) => tls?.[way]);
  for (const way of ways.slice(1)) add(["tls", way], `give either ${ways[0]} or ${way}, not both`);
  if (tls?.fingerprintSha256 !== undefined && fingerprintOf(tls.fingerprintSha256) === undefined)
    add(["tls", "fingerprintSha256"], "must be the SHA-256 of the host's certificate: 64 hexadecimal digits");
  if (tls?.caCertificate !== undefined && !isCertificate(tls.caCertificate))
    add(["tls", "caCertificate"], "must be certificates in PEM form (-----BEGIN CERTIFICATE-----)");
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
