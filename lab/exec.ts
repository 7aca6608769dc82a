import { spawn } from "node:child_process";
import { LabError } from "./errors";
import type { RunResult } from "./types";

export interface ExecOptions {
  input?: string | undefined;
  timeout?: number | undefined;
  env?: Record<string, string> | undefined;
}

/** Runs a program on this computer and collects its output. An exit code other than 0 is not an error. */
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
      // A grandchild may keep the pipes open for a long time.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeout);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new LabError(`${program} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const err = Buffer.concat(stderr).toString();
      if (timedOut)
        return reject(new LabError(`${program} ${args.join(" ")}: did not finish within ${timeout} ms. ${err}`));
      resolve({ code: code ?? (signal ? 137 : 1), stdout: Buffer.concat(stdout).toString(), stderr: err });
    });
  });
}

/** The same, but throws unless the exit code is 0. Returns standard output. */
export async function mustExec(program: string, args: string[], options: ExecOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await exec(program, args, options);
  if (code === 0) return stdout;
  // The reason is at the end of the output; debootstrap and pip print it to standard output.
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new LabError(`${program} ${args.join(" ").slice(0, 200)} failed with ${code}:\n${said}`);
}
