/** The hash of the endpoint (RFC 5929, 4.1) for each signature algorithm, by its object identifier in hex. */
const HASHES: Record<string, string> = {
  "2a864886f70d010104": "sha256", // RSA with MD5
  "2a864886f70d010105": "sha256", // RSA with SHA-1
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a864886f70d01010e": "sha224",
  "2a8648ce3d0401": "sha256", // ECDSA with SHA-1
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

const RSA_PSS = "2a864886f70d01010a";
/** The hash functions in RSA-PSS parameters (RFC 4055). The default there is SHA-1. */
const PSS_HASHES: Record<string, string> = {
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
  "608648016503040204": "sha224",
};

/** The endpoint's hash function for a certificate (DER), by its signature algorithm. Node 20 has no API for that algorithm. */
export function endpointHash(certificate: Buffer): string | undefined {
  const [, algorithm] = children(content(certificate));
  const [identifier, parameters] = algorithm ? children(algorithm) : [];
  const name = identifier?.toString("hex") ?? "";
  return name === RSA_PSS ? pssHash(parameters) : HASHES[name];
}

function pssHash(parameters: Buffer | undefined): string | undefined {
  const [tagged] = parameters ? children(parameters) : [];
  const [algorithm] = tagged ? children(tagged) : [];
  const [identifier] = algorithm ? children(algorithm) : [];
  return identifier ? (PSS_HASHES[identifier.toString("hex")] ?? "sha256") : "sha256";
}

const content = (der: Buffer): Buffer => children(der)[0] ?? Buffer.alloc(0);

/** The contents of a sequence of values (X.690), up to the first that is truncated. */
function children(der: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 2 <= der.length;) {
    const first = der[at + 1]!;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    if (extra > 4 || at + 2 + extra > der.length) break;
    const length = extra === 0 ? first : der.readUIntBE(at + 2, extra);
    const start = at + 2 + extra;
    if (start + length > der.length) break;
    found.push(der.subarray(start, start + length));
    at = start + length;
  }
  return found;
}
