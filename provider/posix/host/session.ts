import { HostError } from "../../../model/errors";
import type { RunResult, Step } from "../shell/step";
import { abortError } from "../../transports/abort";
import type { HostFacts } from "../facts";
import type { Conversation } from "./conversation";
import { answersOf, stepsOf, type Answer, type Inquiry } from "./readings";
import { PATIENCE_SECONDS } from "./script";

/** The provider ends an operation at its deadline. If it can't, the host does so this many milliseconds later. */
const GRACE = 5_000;

/** Ends what a session's shell is doing, from outside. */
export type Stop = (process: { pid: string; born: string }) => Promise<void>;

interface Parts {
  host: string;
  conversation: Conversation;
  facts: HostFacts;
  signal: AbortSignal;
  deadline: number | undefined;
  onStep: ((step: string) => void) | undefined;
  stop: Stop;
}

/** A session that holds the lock, and sends blocks of steps to one remote shell. */
export class ShellSession {
  readonly facts: HostFacts;
  readonly #parts: Parts;
  #heard = performance.now();
  #step = "";

  constructor(parts: Parts) {
    this.facts = parts.facts;
    this.#parts = parts;
  }

  /**
   * Sends the steps as one block. The host runs it only when it has arrived completely, and then to its end, even if the
   * connection is lost. The block stops at the first failed step and reports it: a failed step is a result, not an exception.
   * Throws HostError (`lostConnection`, `timeout`, `cancelled`) when the outcome is unknown. The host itself ends long steps
   * (a start, a stop) at `until`, by default the operation's deadline.
   */
  async run(steps: readonly Step[], until?: number): Promise<RunResult> {
    const { conversation, host, deadline, onStep } = this.#parts;
    const end = until ?? (deadline === undefined ? undefined : deadline + GRACE);
    if (steps.length === 0) return { done: [], fields: new Map(), stderr: "", results: [] };
    // The shell's watchdog has ended it or soon will, so a block that is sent now may be cut off.
    if (performance.now() - this.#heard > (PATIENCE_SECONDS - 10) * 1000)
      throw new HostError("lostConnection", host, "the remote shell timed out waiting for a command");
    const result = await stoppable(this.#parts, "an operation", () =>
      conversation.run(
        steps,
        (step) => {
          this.#step = step;
          if (!steps.some(({ name, quiet }) => quiet && name === step)) onStep?.(step);
        },
        end === undefined ? undefined : (end - Date.now()) / 1000,
      ),
    );
    this.#heard = performance.now();
    if (!result.failed && result.done.length < steps.length)
      throw new HostError("cancelled", host, `the operation was stopped on the host after \`${this.#step}\``);
    return result;
  }

  /** Answers some inquiries in one block. */
  async ask(inquiries: readonly Inquiry[]): Promise<Answer[]> {
    return answersOf(this.#parts.host, inquiries, this.facts, (await this.run(stepsOf(inquiries))).results);
  }
}

/** Waits for the work of a remote shell. On abort, ends it on the host first, if the host can be reached. */
export async function stoppable<T>(
  { conversation, host, signal, stop }: Pick<Parts, "conversation" | "host" | "signal" | "stop">,
  doing: string,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw abortError(host, signal, doing);
  let stopped: Promise<void> | undefined;
  const onAbort = () => {
    conversation.hangUp();
    stopped = (conversation.process ? stop(conversation.process).catch(() => {}) : Promise.resolve()).then(() =>
      conversation.abandon(abortError(host, signal, doing)),
    );
  };
  signal.addEventListener("abort", onAbort, { once: true });
  // A step that was ended looks like a failed one, so a result after an abort does not count.
  const interrupted = async () => {
    if (!stopped) return;
    await stopped;
    throw abortError(host, signal, doing);
  };
  try {
    const result = await work();
    await interrupted();
    return result;
  } catch (error) {
    await interrupted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
