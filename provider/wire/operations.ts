import type { HostCall } from "../lifecycle/lifecycle";

/** The time limit of an operation without `customTimeouts`. */
const DEFAULT_SECONDS = 300;
/** The longest time that a Node timer supports: a longer one would fire at once. */
const MAX_SECONDS = 2_147_483;

/**
 * The running operations, each with its own signal. `signal.reason` is a `DOMException` as in the Web platform, with the
 * name "AbortError" (cancelled) or "TimeoutError" (deadline exceeded).
 */
export class Operations {
  readonly #running = new Set<AbortController>();
  #cancelled = false;
  #whenDrained: (() => void) | undefined;

  /** Runs `body` to its end, even after its signal has fired: only `body` knows where it can stop. */
  async run<T>(seconds: number, body: (limits: Pick<HostCall, "signal" | "deadline">) => Promise<T>): Promise<T> {
    if (this.#cancelled) throw cancelled();
    const limit = Math.min(seconds || DEFAULT_SECONDS, MAX_SECONDS);
    const controller = new AbortController();
    const timer = setTimeout(
      () =>
        controller.abort(
          new DOMException(`the operation did not finish within ${limit} seconds (customTimeouts)`, "TimeoutError"),
        ),
      limit * 1000,
    );
    this.#running.add(controller);
    try {
      return await body({ signal: controller.signal, deadline: Date.now() + limit * 1000 });
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
      this.#drain();
    }
  }

  /** Cancels all operations and refuses new ones. Calls `whenDrained` when the last one has ended. */
  cancel(whenDrained: () => void): void {
    // The engine calls Cancel more than once, and also at the end of a successful run.
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#whenDrained = whenDrained;
    for (const controller of this.#running) controller.abort(cancelled());
    this.#drain();
  }

  /** Accepts operations again: a plugin that is being debugged serves several runs in one process. */
  begin(): void {
    this.#cancelled = false;
  }

  #drain(): void {
    if (this.#running.size > 0) return;
    this.#whenDrained?.();
    this.#whenDrained = undefined;
  }
}

function cancelled(): DOMException {
  return new DOMException("cancelled", "AbortError");
}
