import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabHost } from "../../lab";
import { hostInit, hostProcesses } from "../../lab/cgroups";

/**
 * Traces from outside of a host the processes that its sshd starts, and their descendants: all arguments and environment variables,
 * not shortened. Returns the trace.
 */
export async function traceLogins(host: LabHost): Promise<{ end(): Promise<string> }> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-trace-"));
  const file = join(folder, "trace");
  const options = ["-f", "-v", "-s", "1000000", "-e", "trace=execve", "-o", file];
  const strace = spawn("strace", [...options, "-p", String(sshdOf(host))], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(strace, "exit");
  await once(strace.stderr, "data"); // "strace: Process N attached", or why not
  strace.stderr.resume();
  return {
    end: async () => {
      strace.kill("SIGINT");
      await ended;
      const seen = readFileSync(file, "utf8");
      rmSync(folder, { recursive: true });
      return seen;
    },
  };
}

/** The pid of a host's sshd on this computer. */
function sshdOf(host: LabHost): number {
  const init = String(hostInit(host.name));
  const found = hostProcesses(host.name).find((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, comm, rest = ""] = /\((.*)\) (.*)/s.exec(stat) ?? [];
    return comm === "sshd" && rest.split(" ")[1] === init;
  });
  if (found === undefined) throw new Error(`${host.name} has no sshd`);
  return found;
}
