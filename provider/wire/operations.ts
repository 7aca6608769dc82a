import type { HostCall } from "../lifecycle/lifecycle";

/** What an operation may take when the user set no `customTimeouts`. */
const DEFAULT_SECONDS = 300;
/** The longest that a timer can wait: more would fire at once. */
const MAX_SECONDS = 2_147_483;

/**
 * The operations under way, each with a signal of its own. Why a signal fired is told as the platform tells it:
 * `signal.reason` is a `DOMException` whose name is "AbortError" (cancelled) or "TimeoutError" (time has run out).
 */
export class Operations {
  readonly #running = new Set<AbortController>();
  #cancelled = false;
  #whenDrained: (() => void) | undefined;

  /** Runs `body` until its end: also when its signal has fired, it alone knows where it can stop. */
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

  /** Stops what is under way and refuses what comes later; `whenDrained` is called once the last has ended. */
  cancel(whenDrained: () => void): void {
    // The engine says so more than once, and at the end of every run, also a good one.
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#whenDrained = whenDrained;
    for (const controller of this.#running) controller.abort(cancelled());
    this.#drain();
  }

  /** An engine starts a run (with a plugin that is being debugged: a second one in the same process). */
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
