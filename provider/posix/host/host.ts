import { HostError } from "../../../model/errors";
import type { Fragment, Step } from "../shell/step";
import type { Become } from "../../../schema/connection";
import { unlessAborted } from "../../transports/abort";
import { again } from "../../transports/again";
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

/** Time limit, in milliseconds, for ending a step on the host. After it the step is left to itself. */
const STOP_LIMIT = 15_000;

/** Every read includes the facts: this one reads nothing else. */
const NOTHING: Fragment = { name: "facts", script: ":" };

/** What is known about a login while its connection is open. */
interface Login {
  transport: Transport;
  elevation: Promise<Elevation>;
  facts?: HostFacts;
}

/** A login on a Linux host, as root (with `become` if needed), that runs POSIX shells over a transport. */
export class ShellHost {
  readonly name: string;
  readonly #batches: Batches;
  readonly #listeners = new Set<(reason: string) => void>();
  #login: Login | undefined;
  /** The error of a refused `become`. It holds for the whole process, so that a password is never tried twice. */
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
    for (const listener of this.#listeners) listener(this.waiting(reason));
  };

  /** What people are told when connecting takes long. */
  waiting(reason: string): string {
    const limit = this.target.type === "ssh" ? `; retrying for up to ${this.target.connectTimeoutSeconds} s` : "";
    return `${this.name}: ${reason}${limit}`;
  }

  /** The facts as last read over the current connection. */
  async facts(signal: AbortSignal): Promise<HostFacts> {
    const login = await this.#connect(signal);
    return login.facts ?? (await this.read(NOTHING, "facts", signal)).facts;
  }

  /**
   * Reads a service, without lock or change. Reads within a few milliseconds share one remote shell. `extra` runs for this
   * name only, after the fragment, and its output becomes part of the name's fields.
   */
  read(fragment: Fragment, name: string, signal: AbortSignal, extra?: Step): Promise<Reading> {
    return this.#batches.read(fragment, name, signal, extra);
  }

  /** Opens one channel, locks the service and runs `body` with a session. Unlocks however `body` ends. */
  async operate<T>(options: OperateOptions, body: (session: ShellSession) => Promise<T>): Promise<T> {
    const { name, holder, signal, deadline, onStep, lockWaitSeconds = 60 } = options;
    const lock = { name, holder, waitSeconds: lockWaitSeconds };
    // Nothing is changed before the lock is taken, so this part may be repeated. `body` never is.
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
      return answersOf(this.name, inquiries, conversation.facts, result.results);
    });
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

  /** Ends what another of the provider's shells runs, over a separate channel. */
  async #stop(process: { pid: string; born: string }): Promise<void> {
    const limit = AbortSignal.timeout(STOP_LIMIT);
    const ending = async () => {
      const conversation = await this.#converse(limit, undefined, true);
      await conversation.run([stopStep(process)]);
      await conversation.end();
    };
    await unlessAborted(ending(), this.name, limit, "ending what runs");
  }

  /** Starts a shell with the wanted rights, over the open connection or a new one. */
  async #converse(signal: AbortSignal, lock?: LockRequest, urgent = false): Promise<Conversation> {
    const login = await this.#connect(signal);
    const { command, preface } = await unlessAborted(login.elevation, this.name, signal, "becoming another user");
    const channel = await login.transport.open(command, signal, { urgent });
    const conversation = new Conversation(this.name, channel, undefined, this.#startSeconds, login.facts);
    conversation.ready().then(
      (facts) => (login.facts = facts),
      () => {}, // reported to the caller, who waits for it too
    );
    conversation.send(preface, lock);
    return conversation;
  }

  /** Time limit, in seconds, for the login shell to start and for sudo to answer. */
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
