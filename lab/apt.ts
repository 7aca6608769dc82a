import { readFileSync } from "node:fs";
import { LabError } from "./errors";
import { exec, mustExec } from "./exec";

export interface AptSource {
  suite: string;
  mirror: string;
}

/** The release of this computer and the mirror that its apt uses. The code names no other mirror on purpose. */
export async function aptSource(): Promise<AptSource> {
  const suite = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const targets = await exec("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  for (const line of targets.stdout.split("\n")) {
    const [mirror, release, component] = line.split(" ");
    if (suite && mirror && release === suite && component === "main") return { suite, mirror };
  }
  throw new LabError(
    `The lab builds its hosts from this computer's apt sources, but apt has no "${suite} main" source.`,
  );
}

/** Passes apt's proxy to debootstrap, which reads the environment and not apt's configuration. */
export async function proxyEnvironment(): Promise<Record<string, string>> {
  const shell = await mustExec("apt-config", ["shell", "proxy", "Acquire::http::Proxy"]);
  const proxy = /^proxy='(.*)'$/m.exec(shell)?.[1];
  return proxy ? { http_proxy: proxy } : {};
}
