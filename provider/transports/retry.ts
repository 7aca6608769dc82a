import { HostError } from "../../model/errors";
import { withPort } from "../../model/text";
import { abortError } from "./abort";
import type { Address } from "./tcp";

/** A failure that may go away within seconds (a booting machine, a busy server), so the connection is tried again. */
export class TransientError extends Error {
  constructor(readonly error: HostError) {
    super(error.message);
  }
}

/** The time limit of one connection, including all attempts and the pauses between them. */
export class Deadline {
  readonly #end: number;

  constructor(readonly seconds: number) {
    this.#end = performance.now() + seconds * 1000;
  }

  /** Milliseconds left, never negative. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** The time limit of one step of an attempt, which leaves time for another attempt. */
  get step(): number {
    return Math.min(this.left, 10_000);
  }
}

/** Called with the reason when connecting takes long: the first attempt failed and is repeated, or has no answer yet. */
export type OnWaiting = (reason: string) => void;

/** Milliseconds after which the user is told that there is no answer yet. */
const SILENT = 3000;
/** An attempt that begins with less time left (milliseconds) is cut short. */
const SHORT = 500;

/** Makes a connection. Attempts that fail with a `TransientError` are repeated until the deadline. */
export async function retry<T>(
  { name, address, port }: Address,
  attempt: () => Promise<T>,
  deadline: Deadline,
  signal: AbortSignal,
  onWaiting: OnWaiting,
): Promise<T> {
  const { default: pRetry } = await import("p-retry"); // an ES module: `import` works where `require` of one does not
  let last: HostError | undefined;
  const tracked = () => {
    // If the deadline cuts an attempt short, the error of the attempt before is more useful.
    const isLong = deadline.left > SHORT;
    return attempt().catch((error: unknown) => {
      if (error instanceof TransientError && last === undefined) onWaiting(error.error.reason);
      if (error instanceof TransientError && (isLong || last === undefined)) last = error.error;
      throw error;
    });
  };
  const slow = setTimeout(() => onWaiting(`${withPort(address, port)}: no answer yet`), SILENT);
  try {
    return await pRetry(tracked, {
      forever: true,
      minTimeout: 200,
      factor: 1.7,
      maxTimeout: 2000,
      randomize: true,
      // Slightly after the attempt's own time limit, whose error says what it waited for.
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(deadline.left) + 250)]),
      shouldRetry: (error) => error instanceof TransientError && deadline.left > 0,
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (signal.aborted) throw abortError(name, signal, "connecting");
    throw last ?? new HostError("timeout", name, `no connection within ${deadline.seconds} s`);
  } finally {
    clearTimeout(slow);
  }
}
