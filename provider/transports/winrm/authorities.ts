import { readFileSync } from "node:fs";
import * as tls from "node:tls";

/** Where distributions keep the certificates of trusted authorities, including those that a company has added. */
const BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

let context: tls.SecureContext | undefined;

/** Trusts the authorities of the system and of Node.js, which alone knows only its own. Cached, because it is slow. */
export function systemTrust(): tls.SecureContext {
  context ??= tls.createSecureContext({ ca: [...tls.rootCertificates, ...systemAuthorities()] });
  return context;
}

function systemAuthorities(): string[] {
  // Node 22.15 and newer, also on Windows and macOS.
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] };
  if (getCACertificates) return [...getCACertificates("system"), ...getCACertificates("extra")];
  const files = [process.env["SSL_CERT_FILE"], process.env["NODE_EXTRA_CA_CERTS"], ...BUNDLES];
  return files.flatMap((file) => {
    try {
      return file ? [readFileSync(file, "utf8")] : [];
    } catch {
      return [];
    }
  });
}
