import { unlessAborted } from "../transports/abort";
import type { Host, Inquiry, OperateOptions, Session, Survey } from "../platform";
import type { Carrier } from "./carrier";
import { claim, keepClaim, release } from "./claim";
import { driverOf, MANAGERS } from "./managers";
import type { ServiceRecord } from "./reading/record";
import { newNonce } from "./nonce";
import { WindowsSession } from "./session";
import { probe } from "./verbs/probe";
import { surveyOf } from "./verbs/survey";

/** How long the first read of a pass waits for others, in milliseconds. */
const WINDOW = 10;
/** The time limit of a pass, in milliseconds. Its callers have limits of their own. */
const PASS_LIMIT = 120_000;

/** Reads that travel together. */
interface Pass {
  names: string[];
  records: Promise<ServiceRecord[]>;
}

/** Connects to a Windows host. Calls `onWaiting` with the reason when that takes long. */
export type Connect = (signal: AbortSignal, onWaiting: (reason: string) => void) => Promise<Carrier>;

/** A login on a Windows host, as an administrator. */
export class WindowsHost implements Host {
  readonly #listeners = new Set<(reason: string) => void>();
  #pass: Pass | undefined;

  constructor(
    readonly name: string,
    private readonly connect: Connect,
  ) {}

  whileConnecting(listener: (reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async survey({ name, manager, probe: wanted }: Inquiry, signal: AbortSignal): Promise<Survey> {
    const carrier = await this.#connect(signal);
    const record = await unlessAborted(this.#read(carrier, name), this.name, signal, `reading ${name}`);
    if (wanted === undefined || manager === undefined || !MANAGERS.has(manager)) return surveyOf(record);
    const asked = { ready: wanted.ready, record, own: driverOf(manager).processes(record) };
    return surveyOf(record, await probe(asked, { carrier, nonce: newNonce(), signal }));
  }

  async operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T> {
    const { name, holder, signal, lockWaitSeconds: waitSeconds = 60 } = options;
    const carrier = await this.#connect(signal);
    const nonce = newNonce();
    try {
      await claim(carrier, { name, nonce, holder, waitSeconds, signal });
      const end = keepClaim(carrier, name);
      try {
        const [record] = await carrier.reader.services([name], signal);
        const remark = carrier.reader.remark?.();
        if (remark !== undefined) options.onWarning?.(remark);
        return await body(new WindowsSession({ carrier, record: record!, options, claim: nonce }));
      } finally {
        await end();
      }
    } finally {
      await release(carrier, name, nonce);
    }
  }

  /** Reads within a few milliseconds share one pass over the host. */
  async #read(carrier: Carrier, name: string): Promise<ServiceRecord> {
    this.#pass ??= this.#begin(carrier);
    const { names, records } = this.#pass;
    const i = names.push(name) - 1;
    return (await records)[i]!;
  }

  #begin(carrier: Carrier): Pass {
    const names: string[] = [];
    const records = new Promise<ServiceRecord[]>((resolve, reject) => {
      setTimeout(() => {
        this.#pass = undefined;
        const reading = carrier.reader.services(names, AbortSignal.timeout(PASS_LIMIT));
        reading.then((all) => remarked(carrier, all)).then(resolve, reject);
      }, WINDOW);
    });
    return { names, records };
  }

  #connect(signal: AbortSignal): Promise<Carrier> {
    return this.connect(signal, (reason) => {
      for (const listener of this.#listeners) listener(`${this.name}: ${reason}`);
    });
  }
}

/** Gives the reader's remark to a service that is there: people see its warnings. */
function remarked({ reader }: Carrier, records: readonly ServiceRecord[]): ServiceRecord[] {
  const there = records.find(({ scm }) => scm !== undefined);
  const remark = there && reader.remark?.();
  return records.map((record) => (record === there && remark !== undefined ? { ...record, remark } : record));
}
