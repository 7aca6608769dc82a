import { abortError } from "./abort";
import { HostError } from "../../model/errors";
import type { Channel, ExecResult } from "./transport";

/** The limit, in bytes, for each output stream of a program. Use `open` for programs that print more. */
export const MOST_PRINTED = 1024 * 1024;

/** Writes to a process, collects its output, and waits until it exits. */
export async function collect(
  channel: Channel,
  host: string,
  { stdin, signal }: { stdin?: string | Buffer; signal?: AbortSignal },
): Promise<ExecResult> {
  let flooded = false;
  const gather = (stream: NodeJS.ReadableStream) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MOST_PRINTED) chunks.push(chunk);
      else if (!flooded) {
        flooded = true;
        channel.abort();
      }
    });
    return chunks;
  };
  const stdout = gather(channel.stdout);
  const stderr = gather(channel.stderr);
  const onAbort = () => channel.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  channel.stdin.end(stdin);
  try {
    const end = await channel.closed;
    if (end.code === null) throw new HostError("remote", host, `the program was killed by ${end.signal ?? "a signal"}`);
    return { code: end.code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  } catch (error) {
    if (flooded) throw new HostError("remote", host, "the program printed more than 1 MiB and was stopped");
    throw signal?.aborted ? abortError(host, signal, "running a program") : error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
