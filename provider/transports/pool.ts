import { setMaxListeners } from "node:events";
import { HostError, type HostErrorKind } from "../../model/errors";
import { unlessAborted } from "./abort";
import { Deadline, type OnWaiting } from "./retry";
import { dial } from "./ssh/dial";
import { LocalTransport } from "./local";
import type { Hop, Target } from "./target";
import { Semaphore } from "./semaphore";
import { SshTransport } from "./ssh";
import type { Transport } from "./transport";

/** How long, in milliseconds, later calls get the error of a failed connection. A refused password is never tried twice. */
const MEMORY: Partial<Record<HostErrorKind, number>> = {
  unreachable: 60_000,
  timeout: 60_000,
  authentication: Infinity,
  hostKey: Infinity,
};

export interface PoolLimits {
  /** Concurrent connection attempts. Default: 8. */
  maxConnections?: number;
  /** Concurrent sessions on one connection. Default: 8; servers allow 10 (MaxSessions), and cancelling needs one more. */
  maxSessionsPerHost?: number;
}

/** A connection attempt. Tells every waiting caller, late ones too, why it takes long. */
class Dialling {
  readonly #listeners = new Set<OnWaiting>();
  #reason: string | undefined;

  readonly say: OnWaiting = (reason) => {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
  };

  tell(listener: OnWaiting): void {
    this.#listeners.add(listener);
    if (this.#reason !== undefined) listener(this.#reason);
  }
}

/** One connection per login for the life of the process, shared by all callers. */
export class Pool {
  readonly #connections = new Map<string, Promise<SshTransport>>();
  readonly #dialling = new Map<string, Dialling>();
  readonly #failures = new Map<string, { error: HostError; until: number }>();
  readonly #open = new Set<Transport>();
  readonly #locals = new Map<string, LocalTransport>();
  readonly #dials: Semaphore;
  readonly #sessions: number;
  readonly #closing = new AbortController();

  constructor({ maxConnections = 8, maxSessionsPerHost = 8 }: PoolLimits = {}) {
    this.#dials = new Semaphore(maxConnections);
    this.#sessions = maxSessionsPerHost;
    setMaxListeners(0, this.#closing.signal);
  }

  /** The connection to a target, opened if there is none. The signal ends only the waiting: others may need the connection. */
  async transport(target: Target, signal?: AbortSignal, onWaiting?: OnWaiting): Promise<Transport> {
    if (target.type === "local") return this.#local(target.name);
    const connecting = this.#connect(target.hops, target.connectTimeoutSeconds, onWaiting);
    return unlessAborted(connecting, target.name, signal, "connecting");
  }

  #local(name: string): Transport {
    const local = this.#locals.get(name) ?? new LocalTransport(name);
    this.#locals.set(name, local);
    this.#open.add(local);
    return local;
  }

  /** The connection to a jump host is pooled too: all targets behind it share it. */
  #connect(hops: readonly Hop[], seconds: number, onWaiting: OnWaiting = () => {}): Promise<SshTransport> {
    const key = JSON.stringify(hops);
    const failure = this.#failures.get(key);
    if (failure && failure.until > performance.now()) return Promise.reject(failure.error);
    this.#failures.delete(key);
    const known = this.#connections.get(key);
    if (known) {
      this.#dialling.get(key)?.tell(onWaiting);
      return known;
    }
    const forget = () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    };
    const dialling = new Dialling();
    dialling.tell(onWaiting);
    this.#dialling.set(key, dialling);
    const connection = this.#dial(hops, seconds, forget, dialling.say);
    this.#connections.set(key, connection);
    const settled = () => void this.#dialling.delete(key);
    connection.then(settled, settled);
    connection.catch((error: unknown) => {
      forget();
      const memory = error instanceof HostError ? MEMORY[error.kind] : undefined;
      if (memory) this.#failures.set(key, { error: error as HostError, until: performance.now() + memory });
    });
    return connection;
  }

  async #dial(hops: readonly Hop[], seconds: number, forget: () => void, say: OnWaiting): Promise<SshTransport> {
    const signal = this.#closing.signal;
    const hop = hops[hops.length - 1]!;
    const before = hops.slice(0, -1);
    const onJump: OnWaiting = (reason) => say(`jump host ${before[before.length - 1]!.name}: ${reason}`);
    const jump = before.length ? await this.#connect(before, seconds, onJump).catch((e) => through(hop, e)) : undefined;
    const client = await dial(hop, jump?.forward, new Deadline(seconds), signal, this.#dials, say);
    const transport = new SshTransport(hop.name, client, this.#sessions, () => {
      forget();
      this.#open.delete(transport);
    });
    this.#open.add(transport);
    if (signal.aborted) transport.close();
    return transport;
  }

  /** Closes all connections and ends all attempts. */
  close(): void {
    this.#closing.abort();
    for (const transport of this.#open) transport.close();
  }
}

/** An error of the jump host becomes an error of the target that names both. */
function through(hop: Hop, error: unknown): never {
  if (!(error instanceof HostError)) throw error;
  throw new HostError(error.kind, hop.name, `jump host ${error.message}`, { cause: error });
}
