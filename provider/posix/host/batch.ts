import { HostError } from "../../../model/errors";
import type { Reading } from "../facts";
import { unlessAborted } from "../../transports/abort";
import type { Fragment, Step } from "../shell/step";
import { readingOf, type Answer, type Inquiry } from "./readings";

/** Reads in one remote shell. */
export type ReadAll = (inquiries: readonly Inquiry[], signal: AbortSignal) => Promise<Answer[]>;

/** How long the first read of a batch waits for others, in milliseconds. */
const WINDOW = 10;
/** Reads in one remote shell. */
const MOST = 100;

interface Part {
  fragment: Fragment;
  names: Set<string>;
  extras: Map<string, Step>;
}

interface Batch {
  parts: Map<string, Part>;
  size: number;
  /** Settles for all; each caller takes its own. */
  outcome: Promise<(part: Part, name: string) => Promise<Reading>>;
  /** Aborted when everybody who waited has gone. */
  abandoned: AbortController;
  waiting: number;
}

/** Gathers the reads of one host that come at the same time into as few remote shells as possible. */
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
    mine.catch(() => {}); // may come when its caller has gone
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

  /** When reading together fails on the host, each is read alone: what can't be read hurts only itself. */
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
