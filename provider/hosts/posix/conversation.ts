import { randomBytes } from "node:crypto";
import { HostError } from "../../../model/errors";
import type { Step } from "../../../model/step";
import type { Channel } from "../../transports/transport";
import type { HostFacts } from "../../../model/host";
import type { RunResult } from "../host";
import { parseFacts } from "./facts";
import { Framing, type Frame } from "./frames";
import { block, prologue, type LockRequest } from "./script";

interface Running {
  steps: readonly Pick<Step, "name">[];
  result: RunResult & { fields: Map<string, string> };
  /** What the step that runs has printed, and its name. */
  printed: string;
  current?: string;
  onStep: (step: string) => void;
  resolve(result: RunResult): void;
  reject(error: HostError): void;
}

/** How long a login may take to start our script. */
const START = 30_000;
/** How long an ended shell may take to go. */
const FAREWELL = 5_000;

/** A shell at the other end of a channel, that runs blocks of steps and tells what came out of them. */
export class Conversation {
  /** The shell's process on the host, once it has said so. */
  process?: { pid: string; born: string };
  readonly #framing: Framing;
  readonly #fields = new Map<string, string>();
  #stderr = "";
  #running: Running | undefined;
  #over: HostError | undefined;
  #isReady = false;
  readonly #started: Promise<void>;
  #begin: { resolve(): void; reject(error: HostError): void } = { resolve() {}, reject() {} };

  constructor(
    private readonly host: string,
    private readonly channel: Channel,
    private readonly nonce = randomBytes(9).toString("hex"),
  ) {
    this.#framing = new Framing(nonce);
    this.#started = new Promise((resolve, reject) => (this.#begin = { resolve, reject }));
    this.#started.catch(() => {});
    channel.stdout.on("data", (chunk: Buffer) => this.#framing.push(chunk).forEach((frame) => this.#accept(frame)));
    channel.stderr.on("data", (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-8000)));
    channel.closed.then(
      ({ code, signal }) => this.#die(this.#ended(code, signal)),
      (error: HostError) =>
        this.#die(new HostError(error.kind, host, this.#where(plain(error, host)), { cause: error })),
    );
  }

  /** Sends what every shell is told first. `preface` is what becoming another user wants to read before. */
  send(preface: string, lock?: LockRequest, patience?: number): void {
    this.channel.stdin.write(preface + prologue(this.nonce, lock, patience));
  }

  /** Waits until the script runs and has the lock, if it asked for one. */
  async ready(): Promise<HostFacts> {
    const timer = setTimeout(() => {
      if (this.process) return; // it waits for the lock: the script itself knows how long
      this.#die(
        new HostError("timeout", this.host, `the login starts no script within ${START / 1000} s${this.#said()}`),
      );
      this.channel.abort();
    }, START);
    try {
      await this.#started;
    } finally {
      clearTimeout(timer);
    }
    return this.facts;
  }

  get facts(): HostFacts {
    return parseFacts(this.#fields);
  }

  /** Runs a block. The next one may be sent when this one has ended. */
  run(steps: readonly Step[], args: readonly string[] = [], onStep: (step: string) => void = () => {}) {
    return new Promise<RunResult>((resolve, reject) => {
      if (this.#over) return reject(this.#over);
      const result: Running["result"] = { done: [], fields: new Map(), stderr: "" };
      this.#running = { steps, result, printed: "", onStep, resolve, reject };
      this.channel.stdin.write(block(steps, args));
    });
  }

  /** Ends the shell, which unlocks, and waits until it is gone. */
  async end(): Promise<void> {
    this.channel.stdin.end();
    const timer = setTimeout(() => this.channel.abort(), FAREWELL);
    await this.channel.closed.catch(() => {});
    clearTimeout(timer);
  }

  /** No further block will come. A block that runs goes on. */
  hangUp(): void {
    this.channel.stdin.end();
  }

  /** Lets go of the channel, whatever happens at its other end. */
  abandon(error: HostError): void {
    this.#die(error);
    this.channel.abort();
  }

  #accept(frame: Frame): void {
    const running = this.#running;
    switch (frame.type) {
      case "hello":
        this.process = frame;
        return;
      case "ready":
        this.#isReady = true;
        return this.#begin.resolve();
      case "busy":
        return this.#die(new HostError("timeout", this.host, busy(frame.holder)));
      case "field":
        return void (this.#isReady && running ? running.result.fields : this.#fields).set(frame.key, frame.value);
      case "begin": {
        const name = running?.steps[frame.step]?.name;
        if (running && name !== undefined) running.onStep((running.current = name));
        return;
      }
      case "printed":
        if (running) running.printed += frame.text;
        return;
      case "end":
        return running && endStep(running, frame.code);
      case "done":
        this.#running = undefined;
        return running?.resolve(running.result);
    }
  }

  #die(error: HostError): void {
    this.#over ??= error;
    this.#begin.reject(this.#over);
    this.#running?.reject(this.#over);
    this.#running = undefined;
  }

  /** The shell has ended by itself: by the end of its input, by an error of ours in a script, or because somebody killed it. */
  #ended(code: number | null, signal: string | null): HostError {
    if (!this.process)
      return new HostError(
        "remote",
        this.host,
        `the login did not start our script (exit code ${code})${this.#said()}`,
      );
    const how = signal ? `was killed (${signal})` : `ended (exit code ${code})`;
    // It ended by its own will before a step began: then nothing has happened.
    const kind = signal || this.#running?.current !== undefined ? "lostConnection" : "remote";
    return new HostError(kind, this.host, this.#where(`the shell on the host ${how}${this.#said()}`));
  }

  #where(text: string): string {
    const step = this.#running?.current;
    if (step !== undefined) return `${text}, during \`${step}\`: how far that got is not known`;
    return this.#running ? `${text}, before a step began` : text;
  }

  #said(): string {
    const text = [this.#stderr.trim(), this.process ? "" : this.#framing.noise].filter(Boolean).join("\n");
    return text ? `: ${text}` : "";
  }
}

function endStep(running: Running, code: number): void {
  const { result, printed, current = "" } = running;
  result.stderr += printed;
  running.printed = "";
  if (code === 0) result.done.push(current);
  else result.failed = { step: current, code, stderr: printed };
}

const busy = (holder: string) =>
  `another operation on this service is under way: ${holder || "its holder did not leave a name"}`;

/** A transport's error begins with the host's name already. */
const plain = (error: HostError, host: string) =>
  error.message.startsWith(`${host}: `) ? error.message.slice(host.length + 2) : error.message;
