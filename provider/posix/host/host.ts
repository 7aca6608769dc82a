import { HostError } from "../../../model/errors";
import type { Fragment, Step } from "../shell/step";
import type { Become } from "../../../schema/connection";
import { unlessAborted } from "../../transports/abort";
import type { Pool } from "../../transports/pool";
import type { Target } from "../../transports/target";
import type { Transport } from "../../transports/transport";
import type { HostFacts, Reading } from "../facts";
import type { OperateOptions } from "../../platform";
import { Batches } from "./batch";
import { elevate, type Elevation } from "./become";
import { stopStep } from "./cancel";
import { Conversation } from "./conversation";
import { answersOf, stepsOf, type Answer, type Inquiry } from "./readings";
import type { LockRequest } from "./script";
import { ShellSession, stoppable } from "./session";

/** How long ending what runs on a host may take, before it is left to itself. */
const STOP_LIMIT = 15_000;

/** Facts come with every read: this one asks for nothing else. */
const NOTHING: Fragment = { name: "facts", script: ":" };

/** What is known of a login, as long as its connection stands. */
interface Login {
  transport: Transport;
  elevation: Promise<Elevation>;
  facts?: HostFacts;
}

/** A login on a Linux host, as root (by `become` if need be): a POSIX shell at the end of a transport. */
export class ShellHost {
  readonly name: string;
  readonly #batches: Batches;
  readonly #listeners = new Set<(reason: string) => void>();
  #login: Login | undefined;
  /** Becoming another user was refused: that stays so for this process, a password is never tried twice. */
  #refused: HostError | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly target: Target,
    private readonly become: Become | undefined,
  ) {
    this.name = target.name;
    this.#batches = new Batches(this.name, (...parts) => this.#readAll(...parts));
  }

  whileConnecting(listener: (reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #onWaiting = (reason: string) => {
    const limit = this.target.type === "ssh" ? `; retrying for up to ${this.target.connectTimeoutSeconds} s` : "";
    for (const listener of this.#listeners) listener(`${this.name}: ${reason}${limit}`);
  };

  /** As they were when they were last read, in the life of the connection. */
  async facts(signal: AbortSignal): Promise<HostFacts> {
    const login = await this.#connect(signal);
    return login.facts ?? (await this.read(NOTHING, "facts", signal)).facts;
  }

  /**
   * Reads that arrive within a few milliseconds of each other share one remote shell. Takes no lock, changes nothing.
   * `extra` is run for this name alone, after the fragment; what it emits comes with the fields of the name.
   */
  read(fragment: Fragment, name: string, signal: AbortSignal, extra?: Step): Promise<Reading> {
    return this.#batches.read(fragment, name, signal, extra);
  }

  /** Opens one channel, takes the lock on the service, hands over the session, and unlocks however the body ends. */
  async operate<T>(options: OperateOptions, body: (session: ShellSession) => Promise<T>): Promise<T> {
    const { name, holder, signal, deadline, onStep, lockWaitSeconds = 60 } = options;
    const lock = { name, holder, waitSeconds: lockWaitSeconds };
    // Until the lock is ours nothing has been done: this much may be repeated. The body never is.
    const { conversation, facts } = await again(() => this.#lock(lock, signal));
    try {
      this.#mustBeRoot(facts);
      const parts = { ...this.#stoppable(conversation, signal), facts, deadline, onStep };
      return await body(new ShellSession(parts));
    } finally {
      await conversation.end();
    }
  }

  async #lock(lock: LockRequest, signal: AbortSignal) {
    const conversation = await this.#converse(signal, lock);
    const parts = this.#stoppable(conversation, signal);
    const facts = await stoppable(parts, `waiting for the lock on ${lock.name}`, () => conversation.ready());
    return { conversation, facts };
  }

  #readAll(inquiries: readonly Inquiry[], signal: AbortSignal): Promise<Answer[]> {
    const what = inquiries.map(({ fragment }) => fragment.name).join(" and ");
    return again(async () => {
      const conversation = await this.#converse(signal);
      const result = await stoppable(this.#stoppable(conversation, signal), `reading ${what}`, async () => {
        const running = conversation.run(stepsOf(inquiries));
        conversation.hangUp();
        return running;
      });
      await conversation.end();
      return answersOf(this.name, inquiries, this.#remember(conversation), result.results);
    });
  }

  #remember(conversation: Conversation): HostFacts {
    const { facts } = conversation;
    if (this.#login) this.#login.facts = facts;
    return facts;
  }

  #mustBeRoot({ uid }: HostFacts): void {
    if (uid === 0) return;
    const user = this.target.type === "ssh" ? this.target.hops[this.target.hops.length - 1]!.user : "of this process";
    const text =
      this.become?.method === "sudo"
        ? `become.user \`${this.become.user}\` is not root (uid ${uid})`
        : `the login \`${user}\` is not root (uid ${uid}), and \`become\` is not set: set become: { method: "sudo" }`;
    throw new HostError("authentication", this.name, text);
  }

  #stoppable(conversation: Conversation, signal: AbortSignal) {
    const stop = (process: { pid: string; born: string }) => this.#stop(process);
    return { host: this.name, conversation, signal, stop };
  }

  /** Ends what a shell of ours runs, through a channel of its own. */
  async #stop(process: { pid: string; born: string }): Promise<void> {
    const limit = AbortSignal.timeout(STOP_LIMIT);
    const ending = async () => {
      const conversation = await this.#converse(limit, undefined, true);
      await conversation.run([stopStep(process)]);
      await conversation.end();
    };
    await unlessAborted(ending(), this.name, limit, "ending what runs");
  }

  /** A shell with the rights that are wanted, on the connection that stands, or on a new one. */
  async #converse(signal: AbortSignal, lock?: LockRequest, urgent = false): Promise<Conversation> {
    const { transport, elevation } = await this.#connect(signal);
    const { command, preface } = await unlessAborted(elevation, this.name, signal, "becoming another user");
    const channel = await transport.open(command, signal, { urgent });
    const conversation = new Conversation(this.name, channel, undefined, this.#startSeconds);
    conversation.send(preface, lock);
    return conversation;
  }

  /** How long a login shell may take to start, and sudo to answer. */
  get #startSeconds(): number {
    return this.target.type === "ssh" ? this.target.connectTimeoutSeconds : 30;
  }

  async #connect(signal: AbortSignal): Promise<Login> {
    if (this.#refused) throw this.#refused;
    const transport = await this.pool.transport(this.target, signal, this.#onWaiting);
    if (this.#login?.transport !== transport) {
      const elevation = elevate(transport, this.name, this.become, this.#startSeconds);
      const login: Login = { transport, elevation };
      this.#login = login;
      elevation.catch((error: unknown) => {
        if (error instanceof HostError && error.kind === "authentication") this.#refused = error;
        if (this.#login === login) this.#login = undefined;
      });
    }
    return this.#login;
  }
}

/** Once more over a new connection, when the one we had turns out to be dead: only for what changes nothing. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HostError && error.kind === "lostConnection") return work();
    throw error;
  }
}
