import { HostError } from "../../../model/errors";
import type { Reading } from "../facts";
import { unlessAborted } from "../../transports/abort";
import type { Fragment, Step } from "../shell/step";
import { readingOf, type Answer, type Inquiry } from "./readings";

/** Answers some inquiries in one remote shell. */
export type ReadAll = (inquiries: readonly Inquiry[], signal: AbortSignal) => Promise<Answer[]>;

/** How long the first read of a batch waits for others, in milliseconds. */
const WINDOW = 10;
/** The most reads in one remote shell. */
const MOST = 100;

interface Part {
  fragment: Fragment;
  names: Set<string>;
  extras: Map<string, Step>;
}

interface Batch {
  parts: Map<string, Part>;
  size: number;
  /** Shared by all callers: gives each one its own reading. */
  outcome: Promise<(part: Part, name: string) => Promise<Reading>>;
  /** Aborted when no caller waits any more. */
  abandoned: AbortController;
  waiting: number;
}

/** Combines concurrent reads of one host into as few remote shells as possible. */
export class Batches {
  #open: Batch | undefined;

  constructor(
    private readonly host: string,
    private readonly readAll: ReadAll,
  ) {}

  async read(fragment: Fragment, name: string, signal: AbortSignal, extra?: Step): Promise<Reading> {
    const batch = (this.#open ??= this.#begin());
    const key = `${fragment.name}\n${fragment.script}`;
    const part = batch.parts.get(key) ?? { fragment, names: new Set<string>(), extras: new Map<string, Step>() };
    batch.parts.set(key, part);
    part.names.add(name);
    if (extra) part.extras.set(name, extra);
    if (++batch.size >= MOST) this.#open = undefined;
    batch.waiting++;
    const mine = batch.outcome.then((of) => of(part, name));
    mine.catch(() => {}); // may reject after its caller has gone
    try {
      return await unlessAborted(mine, this.host, signal, `reading ${name}`);
    } finally {
      if (--batch.waiting === 0) batch.abandoned.abort();
    }
  }

  #begin(): Batch {
    const batch: Batch = {
      parts: new Map(),
      size: 0,
      outcome: new Promise((resolve, reject) => {
        setTimeout(() => {
          if (this.#open === batch) this.#open = undefined;
          this.#run(batch).then(resolve, reject);
        }, WINDOW);
      }),
      abandoned: new AbortController(),
      waiting: 0,
    };
    return batch;
  }

  /** If a combined read fails on the host, each service is read alone, so that one failure does not affect the others. */
  async #run({ parts, abandoned: { signal } }: Batch): Promise<(part: Part, name: string) => Promise<Reading>> {
    const all = [...parts.values()];
    const answers = await this.readAll(
      all.map((part) => ({ ...part, names: [...part.names] })),
      signal,
    );
    return async (part, name) => {
      const answer = answers[all.indexOf(part)];
      const isShared =
        (all.length > 1 || part.names.size > 1) && answer instanceof HostError && answer.kind === "remote";
      return readingOf(isShared ? (await this.readAll([only(part, name)], signal))[0] : answer, name);
    };
  }
}

function only({ fragment, extras }: Part, name: string): Inquiry {
  const extra = extras.get(name);
  return { fragment, names: [name], extras: new Map(extra ? [[name, extra]] : []) };
}
