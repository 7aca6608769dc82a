import { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { HostError } from "../../../model/errors";
import { abortError } from "../abort";
import { TransientError, type Deadline } from "../retry";
import { systemTrust } from "./authorities";
import type { TlsSettings, WinRmTarget } from "./target";
import { fingerprintOf } from "./winRmIssues";

/** OpenSSL's error codes for certificates, in words. */
const PROBLEMS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its authority is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not trusted",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
};

/** Starts TLS on a socket and checks the host's certificate. When this throws, no request has been sent. */
export async function startTls(
  socket: Socket,
  target: WinRmTarget & { tls: TlsSettings },
  deadline: Deadline,
  signal: AbortSignal,
): Promise<{ socket: TLSSocket; certificate: Buffer }> {
  const secured = await handshake(socket, target, deadline, signal);
  const certificate = secured.getPeerX509Certificate();
  const problem = certificate ? problemOf(secured, certificate, target) : "the host shows no certificate";
  if (certificate === undefined || problem !== undefined) {
    secured.destroy();
    throw new HostError("hostKey", target.name, problem ?? "");
  }
  return { socket: secured, certificate: certificate.raw };
}

function handshake(
  socket: Socket,
  { name, address, tls }: WinRmTarget & { tls: TlsSettings },
  deadline: Deadline,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({
      socket,
      host: address,
      ...(isIP(address) === 0 && { servername: address }),
      ...trust(tls),
      rejectUnauthorized: false, // judged in problemOf, whose error shows the certificate
    });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      secured.removeListener("error", onError).removeListener("close", onClose);
      act();
    };
    const fail = (error: Error) =>
      settle(() => {
        secured.on("error", () => {});
        secured.destroy();
        reject(error);
      });
    const onAbort = () => fail(abortError(name, signal, "starting TLS"));
    const unreachable = (reason: string) => new TransientError(new HostError("unreachable", name, reason));
    const onError = (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "ERR_SSL_WRONG_VERSION_NUMBER" || error.code === "ERR_SSL_PACKET_LENGTH_TOO_LONG"
          ? new HostError(
              "unreachable",
              name,
              "the port does not speak TLS: is it the port of the HTTPS listener (5986)?",
            )
          : unreachable(`TLS failed: ${error.message}`),
      );
    const onClose = () => fail(unreachable("TLS failed: the host closed the connection"));
    const timer = setTimeout(() => fail(unreachable("TLS failed: no answer")), deadline.step);
    signal.addEventListener("abort", onAbort, { once: true });
    secured.once("error", onError).once("close", onClose);
    secured.once("secureConnect", () => settle(() => resolve(secured)));
    if (signal.aborted) onAbort();
  });
}

/** The authorities to trust. Without a check of the chain there are none. */
function trust({ caCertificate, fingerprintSha256, insecureSkipVerify }: TlsSettings) {
  if (caCertificate !== undefined) return { ca: caCertificate };
  return fingerprintSha256 !== undefined || insecureSkipVerify ? {} : { secureContext: systemTrust() };
}

function problemOf(socket: TLSSocket, certificate: X509Certificate, target: WinRmTarget & { tls: TlsSettings }) {
  const { fingerprintSha256, insecureSkipVerify } = target.tls;
  if (insecureSkipVerify) return undefined;
  const shown = certificate.fingerprint256;
  if (fingerprintSha256 !== undefined) {
    if (fingerprintOf(shown)?.equals(fingerprintOf(fingerprintSha256) ?? Buffer.alloc(0))) return undefined;
    return `the host shows another certificate than the expected one: SHA-256 ${shown}. If the certificate was replaced, set tls.fingerprintSha256 to this value`;
  }
  if (socket.authorized) return undefined;
  const code = socket.authorizationError as unknown as string | Error | undefined;
  return `the host's certificate is not trusted: ${words(String(code), certificate, target)}. If SHA-256 ${shown} is its fingerprint, set tls.fingerprintSha256 to this value`;
}

function words(code: string, certificate: X509Certificate, { address }: WinRmTarget): string {
  if (!code.includes("ERR_TLS_CERT_ALTNAME_INVALID")) return PROBLEMS[code] ?? code;
  return `it is valid for ${certificate.subjectAltName ?? certificate.subject}, not for ${address}`;
}
