/** Limits how many callers do something at the same time. The others wait in the order of their calls. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a free place. Returns a function that releases it; calling it twice is harmless. */
  async acquire(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}

/** Work that no longer counts after so many milliseconds: it gives its place up, so that it does not block others. */
export async function unhurried<T>(work: Promise<T>, milliseconds: number, leave: () => void): Promise<T> {
  const timer = setTimeout(leave, milliseconds);
  return work.finally(() => clearTimeout(timer));
}
