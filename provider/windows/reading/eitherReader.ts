import type { Reader } from "./reader";

/** Reads by one way, and by another once the first is refused. Tells that in a warning, once. */
export class EitherReader implements Reader {
  constructor(
    private readonly first: Reader,
    private readonly second: Reader,
    private readonly refusal: Refusal,
  ) {}

  services(names: readonly string[], signal: AbortSignal) {
    return this.refusal.unlessRefused(
      () => this.first.services(names, signal),
      () => this.second.services(names, signal),
    );
  }

  listeners(signal: AbortSignal) {
    return this.refusal.unlessRefused(
      () => this.first.listeners(signal),
      () => this.second.listeners(signal),
    );
  }

  key(path: string, signal: AbortSignal) {
    return this.refusal.unlessRefused(
      () => this.first.key(path, signal),
      () => this.second.key(path, signal),
    );
  }

  subkeys(path: string, signal: AbortSignal) {
    return this.refusal.unlessRefused(
      () => this.first.subkeys(path, signal),
      () => this.second.subkeys(path, signal),
    );
  }

  remark(): string | undefined {
    return this.refusal.remark();
  }
}

/** What is known of a way that a host may refuse. */
export class Refusal {
  #reason: string | undefined;
  #isTold = false;

  /** `reasonOf` tells whether an error is the refusal, and why. */
  constructor(private readonly reasonOf: (error: unknown) => string | undefined) {}

  async unlessRefused<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
    if (this.#reason !== undefined) return second();
    try {
      return await first();
    } catch (error) {
      const reason = this.reasonOf(error);
      if (reason === undefined) throw error;
      this.#reason = reason;
      return second();
    }
  }

  /** What people should know, once. */
  remark(): string | undefined {
    if (this.#isTold) return undefined;
    this.#isTold = this.#reason !== undefined;
    return this.#reason;
  }
}
