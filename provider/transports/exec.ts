import { abortError } from "./abort";
import { HostError } from "../../model/errors";
import type { Channel, ExecResult } from "./transport";

/** Feeds a process, collects what it prints, and waits for its end. */
export async function collect(
  channel: Channel,
  host: string,
  { stdin, signal }: { stdin?: string | Buffer; signal?: AbortSignal },
): Promise<ExecResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const onAbort = () => channel.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  channel.stdin.end(stdin);
  try {
    const end = await channel.closed;
    if (end.code === null) throw new HostError("remote", host, `the program was ended by ${end.signal ?? "a signal"}`);
    return { code: end.code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  } catch (error) {
    throw signal?.aborted ? abortError(host, signal, "running a program") : error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
