import type { RunResult } from "../../provider/posix/shell/step";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostFacts } from "../../provider/posix/facts";
import { Conversation } from "../../provider/posix/host/conversation";
import { type LockRequest } from "../../provider/posix/host/script";
import { shCommand } from "../../provider/posix/shell/quote";
import { LocalTransport } from "../../provider/transports/local";

/** All programs of a small host. A test takes away what an old host lacks. */
const FEW = [
  ...["awk", "cat", "chmod", "chown", "cp", "date", "grep", "head", "id", "kill", "ln", "ls", "mkdir", "mkfifo"],
  ...["mv", "rm", "rmdir", "sed", "sh", "sleep", "sync", "tail", "touch", "tr", "wc"],
];

/** A shell on a host. */
export interface Variant {
  shell: string[];
  needs: "dash" | "bash" | "busybox";
  /** The programs of the host. Unset: all programs of this computer. */
  tools?: () => Record<string, string>;
  /** The shell's additional built-in commands. */
  builtins?: string;
}
const found = (names: string[]) => () =>
  Object.fromEntries(names.map((name) => [name, execFileSync("which", [name], { encoding: "utf8" }).trim()]));
const applets = (names: string[]) => () => Object.fromEntries(names.map((name) => [name, "/bin/busybox"]));

export const VARIANTS: Record<string, Variant> = {
  dash: { shell: ["dash"], needs: "dash" },
  bash: { shell: ["bash", "--posix"], needs: "bash" },
  "BusyBox sh": { shell: ["busybox", "sh"], needs: "busybox" },
  "dash, with few tools": { shell: ["dash"], needs: "dash", tools: found([...FEW, "base64"]) },
  "bash, with few tools, openssl for base64": {
    shell: ["bash", "--posix"],
    needs: "bash",
    tools: found([...FEW, "openssl", "fold"]),
  },
  "BusyBox sh, with few applets": { shell: ["busybox", "sh"], needs: "busybox", tools: applets([...FEW, "base64"]) },
  // BusyBox from 1.36 on: the shell that waits in it keeps what the shell before it had open.
  "dash, with a sleep of its own": { shell: ["dash"], needs: "dash", builtins: 'sleep() { command sleep "$@"; }' },
};
const local = new LocalTransport("here");

/** A host with that shell on this computer, for all tests of a block: a folder of its own, and an open session. */
export class HostShell {
  folder!: string;
  /** The session. */
  talk!: Conversation;

  constructor(private readonly variant: Variant) {
    beforeAll(async () => {
      this.folder = mkdtempSync(join(tmpdir(), "pulumi-bots-posix-"));
      for (const made of ["run", "world"]) mkdirSync(join(this.folder, made));
      if (variant.tools) {
        mkdirSync(join(this.folder, "bin"));
        for (const [name, path] of Object.entries(variant.tools())) symlinkSync(path, join(this.folder, "bin", name));
      }
      // On a busy machine, a test that sends nothing may take minutes.
      this.talk = await this.converse(undefined, 600);
    });
    afterAll(async () => {
      await this.talk.end();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** The text to send: without the programs that the host lacks, and with the shell's own commands. */
  bare(text: string): string {
    const { tools, builtins = "" } = this.variant;
    return text.replace(
      /^PATH=.*$/m,
      (path) => `${tools ? `PATH=${this.folder}/bin; export PATH` : path}\n${builtins}`,
    );
  }

  async converse(lock?: LockRequest, patience?: number, known?: HostFacts): Promise<Conversation> {
    const channel = await local.open(shCommand(...this.variant.shell, "-s"));
    const write = channel.stdin.write.bind(channel.stdin);
    channel.stdin.write = (text: string) => write(this.bare(text));
    const conversation = new Conversation("here", channel, undefined, undefined, known);
    conversation.send("", lock, patience);
    await conversation.ready();
    return conversation;
  }

  /** The result of a script in the session. */
  async step(script: string): Promise<RunResult> {
    return this.talk.run([{ name: "step", script }]);
  }
}

/** The output of a shell that reads a text from its stdin. */
export const feed = (shell: string[], text: string) =>
  new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const child = spawn(shell[0]!, [...shell.slice(1), "-s"], { stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("close", () => resolve({ stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });

/** The number of processes with this command line. BusyBox shows itself as the first word in none of its links. */
export const running = (...argv: string[]) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === argv.map((word) => `${word}\0`).join("");
    } catch {
      return false;
    }
  }).length;

export async function eventually(ask: () => boolean): Promise<void> {
  const end = performance.now() + 120_000;
  while (!ask() && performance.now() < end) await sleep(50);
  expect(ask()).toBe(true);
}
