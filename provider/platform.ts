import type { HostFacts, Reading } from "../model/host";
import type { Fields, Fragment, Step } from "./posix/shell/step";

export interface StepFailure {
  step: string;
  code: number;
  stderr: string;
}

export interface RunResult {
  /** Names of the steps that ran to their end with 0, in order. */
  done: string[];
  failed?: StepFailure;
  fields: Fields;
  /** What the steps wrote to stderr, good ones too. */
  stderr: string;
}

/** One remote shell, holding the lock on one service. */
export interface Session {
  readonly facts: HostFacts;
  /**
   * Sends the steps as one block, which is run only when it has arrived whole, and to its end even when the connection
   * breaks meanwhile. Stops at the first step that fails and reports it: a failed step is a result, not an exception.
   * Throws HostError (`lostConnection`, `timeout`, `cancelled`) when the outcome is unknown. What takes its time (a start, a
   * stop) is ended on the host at `until`, by default the operation's deadline, also when nobody is there any more to say so.
   */
  run(steps: readonly Step[], until?: number): Promise<RunResult>;
  /** The same for something that reads, with `names` in "$@". */
  read(fragment: Fragment, names: readonly string[]): Promise<Map<string, Reading>>;
}

export interface OperateOptions {
  /** The name of the service: one operation at a time for each on a host. */
  name: string;
  /** Who we are, for the error that another one gets while we hold the lock: the URN. */
  holder: string;
  signal: AbortSignal;
  /** When the operation's time is over, in milliseconds as of Date.now(): the host is told, for what goes on without us. */
  deadline?: number;
  /** Told when a step begins. */
  onStep?: (step: string) => void;
  /** How long to wait for the lock, in seconds. Default 60. */
  lockWaitSeconds?: number;
}

/** A login on a host, as root (by `become` if need be). One connection, shared by everything that goes there. */
export interface Host {
  readonly name: string;
  /** Tells `listener` when a connection takes long, and why. The answer ends that. */
  whileConnecting(listener: (reason: string) => void): () => void;
  facts(signal: AbortSignal): Promise<HostFacts>;
  /**
   * Reads that arrive within a few milliseconds of each other share one remote process. Takes no lock, changes nothing.
   * `extra` is run for this name alone, after the fragment; what it emits comes with the fields of the name, under the
   * keys that it uses.
   */
  read(fragment: Fragment, name: string, signal: AbortSignal, extra?: Step): Promise<Reading>;
  /** Opens one channel, takes the lock on the service, hands over the session, and unlocks however the body ends. */
  operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T>;
}
