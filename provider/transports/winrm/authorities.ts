import { readFileSync } from "node:fs";
import * as tls from "node:tls";

/** Where distributions keep the certificates of the authorities that the system trusts, those of the own company among them. */
const BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

let context: tls.SecureContext | undefined;

/** Trusts whom the system trusts, and the authorities of Node.js, which by itself knows no others. Made once: it takes long. */
export function systemTrust(): tls.SecureContext {
  context ??= tls.createSecureContext({ ca: [...tls.rootCertificates, ...systemAuthorities()] });
  return context;
}

function systemAuthorities(): string[] {
  // From Node 22.15 on, on Windows and macOS too.
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
