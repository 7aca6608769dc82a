/** The user interrupted the demo. */
export class Interrupted extends Error {
  override message = "interrupted";
}

/** Makes SIGINT and SIGTERM end the running work in good order, and then the demo, instead of ending the process at once. */
export class Interruption {
  #signal: "SIGINT" | "SIGTERM" | undefined;
  readonly #listeners = new Set<() => void>();

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        this.#signal ??= signal;
        process.exitCode = this.#signal === "SIGINT" ? 130 : 143;
        for (const listener of this.#listeners) listener();
      });
    }
  }

  get came(): boolean {
    return this.#signal !== undefined;
  }

  /** Runs `work`, and calls `listener` for each signal that arrives meanwhile. */
  async during<T>(work: () => Promise<T>, listener: () => void): Promise<T> {
    this.#listeners.add(listener);
    try {
      return await work();
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
