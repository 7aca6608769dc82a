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

/** On a small host, these are all there are; what an old one lacks more is taken away one by one. */
const FEW = [
  ...["awk", "cat", "chmod", "chown", "cp", "date", "grep", "head", "id", "kill", "ln", "ls", "mkdir", "mkfifo"],
  ...["mv", "rm", "rmdir", "sed", "sh", "sleep", "sync", "tail", "touch", "tr", "wc"],
];

/** A shell on a host. */
export interface Variant {
  shell: string[];
  needs: "dash" | "bash" | "busybox";
  /** The only programs there are. All, when there is none. */
  tools?: () => Record<string, string>;
  /** What the shell has more by itself. */
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

/** A host of that shell on this computer, for all tests of a block: a folder of its own, and a session that is open. */
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
      // On a busy machine a test in which it hears nothing may take minutes.
      this.talk = await this.converse(undefined, 600);
    });
    afterAll(async () => {
      await this.talk.end();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** What is sent, with the host's tools taken away, and the shell's own added. */
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

  /** What comes of a script in the session. */
  async step(script: string): Promise<RunResult> {
    return this.talk.run([{ name: "step", script }]);
  }
}

/** What a shell says that is fed a text. */
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

/** How many processes there are with this command line. BusyBox shows itself as the first word in none of its links. */
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
