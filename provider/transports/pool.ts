import { setMaxListeners } from "node:events";
import { HostError, type HostErrorKind } from "../../model/errors";
import { unlessAborted } from "./abort";
import { Deadline, type OnWaiting } from "./retry";
import { dial } from "./ssh/dial";
import { LocalTransport } from "./local";
import type { Hop, SshTarget, Target } from "./target";
import { Semaphore, unhurried } from "./semaphore";
import { SshTransport } from "./ssh";
import type { Transport } from "./transport";
import type { WinRmTransport } from "./winrm";
import type { WinRmTarget } from "./winrm/target";

/** How long, in milliseconds, later calls get the error of a failed connection. A refused password is never tried twice. */
const MEMORY: Partial<Record<HostErrorKind, number>> = {
  unreachable: 60_000,
  timeout: 60_000,
  authentication: Infinity,
  hostKey: Infinity,
};

/** After so many milliseconds a WinRM login no longer counts as a concurrent attempt, so a dead host does not block the others. */
const SLOW_LOGIN = 2000;

export interface PoolLimits {
  /** Concurrent connection attempts. Default: 8. */
  maxConnections?: number;
  /** Concurrent sessions on one host. Default: 8; sshd allows 10 (MaxSessions), and cancelling needs one more. */
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

/** What the pool holds: only their callers know what can be done with one. */
type Closable = Pick<Transport, "close">;

/** One connection per login for the life of the process, shared by all callers. */
export class Pool {
  readonly #connections = new Map<string, Promise<Closable>>();
  readonly #dialling = new Map<string, Dialling>();
  readonly #failures = new Map<string, { error: HostError; until: number }>();
  readonly #open = new Set<Closable>();
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
    return target.type === "local" ? this.#local(target.name) : this.ssh(target, signal, onWaiting);
  }

  /** The same over SSH, which can also move files. */
  async ssh(target: SshTarget, signal?: AbortSignal, onWaiting?: OnWaiting): Promise<SshTransport> {
    const connecting = this.#connect(target.hops, target.connectTimeoutSeconds, onWaiting);
    return unlessAborted(connecting, target.name, signal, "connecting");
  }

  /** The same for a Windows host that is reached over WinRM. */
  async winRm(target: WinRmTarget, signal?: AbortSignal, onWaiting?: OnWaiting): Promise<WinRmTransport> {
    const connecting = this.#shared(["winrm", target], (say) => this.#logIn(target, say), onWaiting);
    return unlessAborted(connecting, target.name, signal, "connecting");
  }

  #local(name: string): Transport {
    const local = this.#locals.get(name) ?? new LocalTransport(name);
    this.#locals.set(name, local);
    this.#open.add(local);
    return local;
  }

  /** The connection to a jump host is pooled too: all targets behind it share it. */
  #connect(hops: readonly Hop[], seconds: number, onWaiting?: OnWaiting): Promise<SshTransport> {
    return this.#shared(["ssh", hops], (say, forget) => this.#dial(hops, seconds, forget, say), onWaiting);
  }

  /** The connection of a login, made by `make` if there is none. What is made for one login always has the same type. */
  #shared<T extends Closable>(
    login: unknown,
    make: (say: OnWaiting, forget: () => void) => Promise<T>,
    onWaiting: OnWaiting = () => {},
  ): Promise<T> {
    const key = JSON.stringify(login);
    const failure = this.#failures.get(key);
    if (failure && failure.until > performance.now()) return Promise.reject(failure.error);
    this.#failures.delete(key);
    const known = this.#connections.get(key);
    if (known) {
      this.#dialling.get(key)?.tell(onWaiting);
      return known as Promise<T>;
    }
    const forget = () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    };
    const dialling = new Dialling();
    dialling.tell(onWaiting);
    this.#dialling.set(key, dialling);
    const connection = make(dialling.say, forget);
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

  async #logIn(target: WinRmTarget, say: OnWaiting): Promise<WinRmTransport> {
    const signal = this.#closing.signal;
    const leave = await this.#dials.acquire();
    try {
      const winrm = await import("./winrm/index.js"); // loaded late: most runs need no WinRM
      const connecting = winrm.WinRmTransport.connect(target, this.#sessions, signal, say);
      const transport = await unhurried(connecting, SLOW_LOGIN, leave);
      this.#open.add(transport);
      if (signal.aborted) transport.close();
      return transport;
    } finally {
      leave();
    }
  }

  async #dial(hops: readonly Hop[], seconds: number, forget: () => void, say: OnWaiting): Promise<SshTransport> {
    const signal = this.#closing.signal;
    const hop = hops[hops.length - 1]!;
    const before = hops.slice(0, -1);
    const onJump: OnWaiting = (reason) => say(`jump host ${before[before.length - 1]!.name}: ${reason}`);
    const jump = before.length ? await this.#connect(before, seconds, onJump).catch((e) => through(hop, e)) : undefined;
    const login = await dial(hop, jump?.forward, new Deadline(seconds), signal, this.#dials, say);
    const transport = new SshTransport(hop.name, login, this.#sessions, () => {
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
