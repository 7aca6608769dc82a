import { HostError } from "../../../model/errors";
import type { Fragment, Step } from "../shell/step";
import { unlessAborted } from "../../transports/abort";
import type { Reading } from "../../../model/host";

/** What is read beside the fragment, of some of the names. */
export type Extras = ReadonlyMap<string, Step>;

/** Reads many names in one remote process. */
export type ReadAll = (
  fragment: Fragment,
  names: string[],
  extras: Extras,
  signal: AbortSignal,
) => Promise<Map<string, Reading>>;

/** How long the first read of a batch waits for others, in milliseconds. */
const WINDOW = 10;
/** Names in one remote process. */
const MOST = 100;

interface Batch {
  fragment: Fragment;
  names: Set<string>;
  extras: Map<string, Step>;
  /** Settles for all; each caller takes its own. */
  outcome: Promise<(name: string) => Promise<Reading>>;
  /** Aborted when everybody who waited has gone. */
  abandoned: AbortController;
  waiting: number;
}

/** Gathers the reads of one host that come at the same time into as few remote processes as possible. */
export class Batches {
  readonly #open = new Map<string, Batch>();

  constructor(
    private readonly host: string,
    private readonly readAll: ReadAll,
  ) {}

  async read(fragment: Fragment, name: string, signal: AbortSignal, extra?: Step): Promise<Reading> {
    const batch = this.#join(fragment, name);
    if (extra) batch.extras.set(name, extra);
    batch.waiting++;
    const mine = batch.outcome.then((of) => of(name));
    mine.catch(() => {}); // may come when its caller has gone
    try {
      return await unlessAborted(mine, this.host, signal, `reading ${name}`);
    } finally {
      if (--batch.waiting === 0) batch.abandoned.abort();
    }
  }

  #join(fragment: Fragment, name: string): Batch {
    const key = `${fragment.name}\n${fragment.script}`;
    const open = this.#open.get(key);
    if (open) {
      open.names.add(name);
      if (open.names.size >= MOST) this.#open.delete(key);
      return open;
    }
    const batch: Batch = {
      fragment,
      names: new Set([name]),
      extras: new Map(),
      outcome: new Promise((resolve, reject) => {
        setTimeout(() => {
          if (this.#open.get(key) === batch) this.#open.delete(key);
          this.#run(batch).then(resolve, reject);
        }, WINDOW);
      }),
      abandoned: new AbortController(),
      waiting: 0,
    };
    this.#open.set(key, batch);
    return batch;
  }

  /** When reading them together fails on the host, each is read alone: a name that can't be read hurts only itself. */
  async #run({ fragment, names, extras, abandoned: { signal } }: Batch): Promise<(name: string) => Promise<Reading>> {
    const one = async (name: string) => only(await this.readAll(fragment, [name], pick(extras, name), signal), name);
    try {
      const all = await this.readAll(fragment, [...names], extras, signal);
      return (name) => Promise.resolve(only(all, name));
    } catch (error) {
      if (names.size > 1 && error instanceof HostError && error.kind === "remote") return one;
      throw error;
    }
  }
}

function pick(extras: Extras, name: string): Extras {
  const extra = extras.get(name);
  return new Map(extra ? [[name, extra]] : []);
}

function only(all: Map<string, Reading>, name: string): Reading {
  const reading = all.get(name);
  if (!reading) throw new Error(`no reading for ${name}`);
  return reading;
}
