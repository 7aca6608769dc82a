import { HostError } from "../../model/errors";

/** The error for an aborted signal. Its kind is that of the reason, `timeout` for Node's TimeoutError, else `cancelled`. */
export function abortError(host: string, signal: AbortSignal, doing: string): HostError {
  const reason: unknown = signal.reason;
  const timedOut = (reason as { name?: unknown } | undefined)?.name === "TimeoutError";
  const kind = reason instanceof HostError ? reason.kind : timedOut ? "timeout" : "cancelled";
  const how = kind === "timeout" ? "timed out" : kind === "cancelled" ? "cancelled" : "stopped";
  return new HostError(kind, host, `${how} while ${doing}`, { cause: reason });
}

/** Waits for shared work. The signal ends only the waiting, because others still need the work. */
export function unlessAborted<T>(work: Promise<T>, host: string, signal: AbortSignal | undefined, doing: string) {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortError(host, signal, doing));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
