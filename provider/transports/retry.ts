import type { HostError } from "../../model/errors";

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
