/** The story ends here because somebody said so. */
export class Interrupted extends Error {
  override message = "interrupted";
}

/** Makes SIGINT and SIGTERM end what runs in good order, and then the story, not the process where it stands. */
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

  /** Runs `work`, and calls `listener` for each signal meanwhile. */
  async during<T>(work: () => Promise<T>, listener: () => void): Promise<T> {
    this.#listeners.add(listener);
    try {
      return await work();
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
