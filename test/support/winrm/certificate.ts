import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A self-signed certificate for a name, valid for that many days. */
export function certificate(subjectAltName = "IP:127.0.0.1", days = 2): { certificate: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  try {
    const path = (name: string) => join(folder, name);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
    const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=edi3"];
    openssl("req", "-new", ...ec, "-keyout", path("key"), "-out", path("request"));
    writeFileSync(path("extensions"), `subjectAltName=${subjectAltName}\n`);
    const signed = ["-req", "-in", path("request"), "-signkey", path("key"), "-days", String(days)];
    openssl("x509", ...signed, "-extfile", path("extensions"), "-out", path("pem"));
    return { certificate: readFileSync(path("pem"), "utf8"), key: readFileSync(path("key"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
