import { randomBytes } from "node:crypto";
import { HostError } from "../../../model/errors";
import type { RunResult, Step, StepFailure } from "../shell/step";
import type { Channel } from "../../transports/transport";
import type { HostFacts } from "../facts";
import { parseFacts } from "./facts";
import { Framing, type Frame, type Told } from "./frames";
import { block, FAILED, prologue, type LockRequest } from "./script";

interface Running {
  steps: readonly Step[];
  result: RunResult & { fields: Map<string, string> };
  /** The fields and the stderr of the current step. */
  emitted: Map<string, string>;
  printed: string;
  current?: Step;
  onStep: (step: string) => void;
  resolve(result: RunResult): void;
  reject(error: HostError): void;
}

/** Default time limit, in seconds, for a login to run the provider's script and report the facts about the host. */
const START_SECONDS = 30;
/** Time limit, in milliseconds, for a shell to exit. */
const FAREWELL = 5_000;
const MIB = 1024 * 1024;
/** The most bytes accepted from a host: before the provider's script runs, in answer to one block, and on stderr. */
export const MOST = { login: MIB, block: 32 * MIB, stderr: MIB };

/** A remote shell, which runs blocks of steps and reports their results. */
export class Conversation {
  /** The shell's process on the host, once it has reported it. */
  process?: { pid: string; born: string };
  readonly #framing: Framing;
  readonly #fields = new Map<string, string>();
  #stderr = "";
  #running: Running | undefined;
  #over: HostError | undefined;
  #isReady = false;
  /** Bytes received: on stdout since the last block was sent, and on stderr in all. */
  #received = { stdout: 0, stderr: 0 };
  /** Bytes of the fields received since the shell began. */
  #size = 0;
  /** The shell functions that the remote shell has. */
  readonly #sent = new Set<string>();
  /** Why the answer so far is incomplete. */
  #unread: string[] = [];
  #startTimer: NodeJS.Timeout | undefined;
  readonly #started: Promise<void>;
  #begin: { resolve(): void; reject(error: HostError): void } = { resolve() {}, reject() {} };

  constructor(
    private readonly host: string,
    private readonly channel: Channel,
    private readonly nonce = randomBytes(9).toString("hex"),
    private readonly startSeconds = START_SECONDS,
    /** Facts from an earlier conversation over the same connection. */
    private readonly known?: HostFacts,
  ) {
    this.#framing = new Framing(nonce);
    this.#started = new Promise((resolve, reject) => (this.#begin = { resolve, reject }));
    this.#started.catch(() => {});
    channel.stdout.on("data", (chunk: Buffer) => this.#hear(chunk));
    channel.stderr.on("data", (chunk: Buffer) => this.#hearStderr(chunk));
    channel.closed.then(
      ({ code, signal }) => this.#die(this.#ended(code, signal)),
      (error: HostError) =>
        this.#die(new HostError(error.kind, host, this.#where(plain(error, host)), { cause: error })),
    );
  }

  /** Sends the prologue. `preface`: what the command that becomes another user reads first. */
  send(preface: string, lock?: LockRequest, patience?: number): void {
    this.#startTimer = setTimeout(() => this.abandon(this.#startedLate()), this.startSeconds * 1000);
    this.channel.stdin.write(preface + prologue(this.nonce, lock, patience, this.#sent, this.known !== undefined));
  }

  /** Waits until the script runs and has the requested lock. */
  async ready(): Promise<HostFacts> {
    await this.#started;
    return this.facts;
  }

  get facts(): HostFacts {
    return parseFacts(this.#fields, this.known);
  }

  /** Runs a block. Send the next one only when this one has ended. */
  run(steps: readonly Step[], onStep: (step: string) => void = () => {}, seconds?: number) {
    return new Promise<RunResult>((resolve, reject) => {
      if (this.#over) return reject(this.#over);
      const result: Running["result"] = { done: [], fields: new Map(), stderr: "", results: [] };
      this.#running = { steps, result, emitted: new Map(), printed: "", onStep, resolve, reject };
      if (this.process) this.#received.stdout = 0;
      this.channel.stdin.write(block(steps, seconds, this.#sent));
    });
  }

  /** Ends the shell, which releases the lock, and waits until it is gone. */
  async end(): Promise<void> {
    this.channel.stdin.end();
    const timer = setTimeout(() => this.channel.abort(), FAREWELL);
    await this.channel.closed.catch(() => {});
    clearTimeout(timer);
  }

  /** Tells the shell that no further block will come. A running block continues. */
  hangUp(): void {
    this.channel.stdin.end();
  }

  /** Closes the channel without waiting for the shell. */
  abandon(error: HostError): void {
    this.#die(error);
    this.channel.abort();
  }

  #hear(chunk: Buffer): void {
    if (this.#over) return; // no longer needed
    this.#received.stdout += chunk.length;
    this.#framing.push(chunk).forEach((frame) => this.#accept(frame));
    const most = this.process ? MOST.block : MOST.login;
    if (this.#received.stdout <= most) return;
    const what = this.process ? "the host's answer is larger than" : "the login shell printed more than";
    const before = this.process ? "" : " before it ran the provider's script (look at the profile files of this login)";
    this.#cut(`${what} ${most / MIB} MiB${before}`);
  }

  #hearStderr(chunk: Buffer): void {
    if (this.#over) return;
    this.#stderr = (this.#stderr + chunk.subarray(-8000).toString()).slice(-8000);
    this.#received.stderr += chunk.length;
    if (this.#received.stderr > MOST.stderr)
      this.#cut(`the remote shell printed more than ${MOST.stderr / MIB} MiB to stderr`);
  }

  #cut(text: string): void {
    if (!this.#over) this.abandon(new HostError("remote", this.host, `${this.#where(text)}; the session was closed`));
  }

  #accept(frame: Frame): void {
    const running = this.#running;
    switch (frame.type) {
      case "hello":
        this.process = frame;
        return;
      case "facts": {
        clearTimeout(this.#startTimer);
        const missing = this.#missing(frame);
        if (missing !== undefined) this.#die(this.#remote(`the facts about the host could not be read: ${missing}`));
        return;
      }
      case "ready":
        this.#isReady = true;
        return this.#begin.resolve();
      case "busy":
        return this.#die(new HostError("timeout", this.host, busy(frame.holder)));
      case "field":
        this.#size += frame.size;
        if (this.#isReady && running) running.emitted.set(frame.key, frame.value);
        return void (this.#isReady && running ? running.result.fields : this.#fields).set(frame.key, frame.value);
      case "torn":
        return void this.#unread.push(`\`${frame.key}\` was cut off`);
      case "unread":
        return void this.#unread.push(frame.why);
      case "begin": {
        const step = running?.steps[frame.step];
        if (running && step) running.onStep((running.current = step).name);
        return;
      }
      case "printed":
        if (running) running.printed += frame.text;
        return;
      case "end":
        return running && endStep(running, frame.code, this.#missing(frame));
      case "done":
        this.#running = undefined;
        return running?.resolve(running.result);
    }
  }

  /** Why the answer since the last call is incomplete; undefined when it is complete. */
  #missing({ size, torn }: Told): string | undefined {
    const whole = torn === undefined && this.#unread.length === 0 && (size ?? this.#size) === this.#size;
    const reasons = [...new Set(this.#unread)];
    this.#unread = [];
    this.#size = size ?? this.#size;
    if (whole) return undefined;
    // On a full file system the reason can't be written, so only the torn field shows that something was cut off.
    const cause =
      torn === undefined || reasons.some((why) => !why.endsWith("was cut off")) ? "" : ` (is ${torn} full?)`;
    if (reasons.length > 0) return reasons.join("; ") + cause;
    return `part of the answer is missing${torn === undefined ? "" : ` (is ${torn} full?)`}`;
  }

  #die(error: HostError): void {
    clearTimeout(this.#startTimer);
    this.#over ??= error;
    this.#begin.reject(this.#over);
    this.#running?.reject(this.#over);
    this.#running = undefined;
  }

  #remote(text: string): HostError {
    return new HostError("remote", this.host, text);
  }

  #startedLate(): HostError {
    const late = this.process
      ? "the remote shell started, but did not report the facts about the host"
      : "the login shell did not run the provider's script";
    const why = this.process ? "" : ": a profile file of this login or sudo is waiting for something";
    return new HostError("timeout", this.host, `${late} within ${this.startSeconds} s${why}${this.#said()}`);
  }

  /** The error for a shell that ended: at the end of its input, by an error in a script of the provider, or by a signal. */
  #ended(code: number | null, signal: string | null): HostError {
    if (!this.process)
      return this.#remote(`the login shell did not run the provider's script (exit code ${code})${this.#said()}`);
    const how = signal ? `was killed (${signal})` : `ended (exit code ${code})`;
    // It exited by itself before a step began, so nothing has happened.
    const kind = signal || this.#running?.current !== undefined ? "lostConnection" : "remote";
    return new HostError(kind, this.host, this.#where(`the remote shell ${how}${this.#said()}`));
  }

  #where(text: string): string {
    const step = this.#running?.current?.name;
    if (step !== undefined) return `${text}, during \`${step}\`: it is unknown how far that step got`;
    return this.#running && this.process ? `${text}, before a step began` : text;
  }

  #said(): string {
    const text = [this.#stderr.trim(), this.process ? "" : this.#framing.noise].filter(Boolean).join("\n");
    return text ? `: ${text}` : "";
  }
}

/** Ends a step. A step with an incomplete answer has failed, because a missing field must not be taken for absent. */
function endStep(running: Running, code: number, missing: string | undefined): void {
  const { result, printed, emitted: fields, current } = running;
  running.printed = "";
  running.emitted = new Map();
  const { name: step = "", lenient = false } = current ?? {};
  const exit = lenient ? Number(fields.get(FAILED) ?? code) : code;
  const failure = failureOf(step, exit, printed, missing);
  result.stderr += printed;
  result.results.push({ fields, stderr: printed, ...(failure && { failure }) });
  if (failure !== undefined && !lenient) result.failed = failure;
  else result.done.push(step);
}

function failureOf(step: string, code: number, printed: string, missing: string | undefined): StepFailure | undefined {
  if (missing === undefined) return code === 0 ? undefined : { step, code, stderr: printed };
  const stderr = [printed.trim(), `the answer is incomplete: ${missing}`].filter(Boolean).join("\n");
  return { step, code: code || 1, stderr };
}

const busy = (holder: string) => `another operation holds the lock of this service: ${holder || "owner unknown"}`;

/** A transport's error begins with the host's name already. */
const plain = (error: HostError, host: string) =>
  error.message.startsWith(`${host}: `) ? error.message.slice(host.length + 2) : error.message;
