import { HostError } from "../../../model/errors";
import type { Fragment, Step } from "../shell/step";
import { abortError } from "../../transports/abort";
import type { HostFacts, Reading } from "../../../model/host";
import type { RunResult, Session } from "../../platform";
import type { Conversation } from "./conversation";
import { readings } from "./readings";
import { PATIENCE_SECONDS } from "./script";

/** At its deadline we end an operation ourselves; the host does so this much later, if we can't. */
const GRACE = 5_000;

/** What a session needs of its host: to end, from outside, what its shell is doing. */
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

/** The lock's holder: sends blocks of steps through one conversation. */
export class ShellSession implements Session {
  readonly facts: HostFacts;
  readonly #parts: Parts;
  #heard = performance.now();
  #step = "";

  constructor(parts: Parts) {
    this.facts = parts.facts;
    this.#parts = parts;
  }

  run(steps: readonly Step[], until?: number): Promise<RunResult> {
    return this.#run(steps, [], until);
  }

  async read(fragment: Fragment, names: readonly string[]): Promise<Map<string, Reading>> {
    const result = await this.#run([{ ...fragment, quiet: true }], names);
    return readings(this.#parts.host, fragment, names, this.facts, result);
  }

  async #run(steps: readonly Step[], args: readonly string[], until?: number): Promise<RunResult> {
    const { conversation, host, deadline, onStep } = this.#parts;
    const end = until ?? (deadline === undefined ? undefined : deadline + GRACE);
    if (steps.length === 0) return { done: [], fields: new Map(), stderr: "" };
    // The shell's watchdog is about to end it, or has: what is sent now might be cut in the middle.
    if (performance.now() - this.#heard > (PATIENCE_SECONDS - 10) * 1000)
      throw new HostError("lostConnection", host, "the remote shell timed out waiting for a command");
    const result = await stoppable(this.#parts, "an operation", () =>
      conversation.run(
        steps,
        args,
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
}

/** Waits for a conversation's work. On abort it is ended on the host first, as far as the host can be reached. */
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
  // A step that was ended looks like one that failed: what comes after an abort is no result.
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
