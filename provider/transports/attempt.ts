import type { HostError } from "../../model/errors";

/** A failure that may heal by itself within seconds (a booting machine, a busy server): worth another attempt. */
export class MayHeal extends Error {
  constructor(readonly error: HostError) {
    super(error.message);
  }
}

/** The time that one connection has, attempts and the pauses between them together. */
export class Budget {
  readonly #end: number;

  constructor(readonly seconds: number) {
    this.#end = performance.now() + seconds * 1000;
  }

  /** Milliseconds left, never negative. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** How long one step of an attempt may take, so that there is time left for another attempt. */
  get step(): number {
    return Math.min(this.left, 10_000);
  }
}
