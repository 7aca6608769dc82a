import { spawn } from "node:child_process";
import { LabError } from "./errors";
import type { RunResult } from "./types";

export interface ExecOptions {
  input?: string | undefined;
  timeout?: number | undefined;
  env?: Record<string, string> | undefined;
}

/** Runs a program of this computer and collects what it says. A code other than 0 is an answer, not an error. */
export function exec(program: string, args: string[], options: ExecOptions = {}): Promise<RunResult> {
  const timeout = options.timeout ?? 180_000;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "pipe", ...(options.env && { env: options.env }) });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
      // A grandchild may hold the pipes open for longer than anybody wants to wait.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeout);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new LabError(`${program} can't be run: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const err = Buffer.concat(stderr).toString();
      if (timedOut) return reject(new LabError(`${program} ${args.join(" ")}: no end after ${timeout} ms. ${err}`));
      resolve({ code: code ?? (signal ? 137 : 1), stdout: Buffer.concat(stdout).toString(), stderr: err });
    });
  });
}

/** The same for a step that has to work: returns its standard output. */
export async function mustExec(program: string, args: string[], options: ExecOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await exec(program, args, options);
  if (code === 0) return stdout;
  // The end of the output holds the reason: debootstrap and pip say it on standard output.
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new LabError(`${program} ${args.join(" ").slice(0, 200)} failed with ${code}:\n${said}`);
}
