import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError } from "../abort";
import { Semaphore } from "../semaphore";
import type { Answer } from "./connection";
import { envelope, readEnvelope, type Message } from "./envelope";
import { readFault } from "./faults";
import { refusal, type Logins } from "./login";
import type { Session } from "./session";
import type { Element } from "./xml";

/** How long to retry when the service is busy (503), in milliseconds. */
const PATIENCE = 30_000;

/** Sends messages to a host, one at a time, over one connection that is opened when it is needed. */
export class Client {
  readonly #turn = new Semaphore(1);
  readonly #to: string;
  #session: Session | undefined;

  constructor(readonly logins: Logins) {
    const { address, port, tls } = logins.target;
    this.#to = `${tls ? "https" : "http"}://${withPort(address, port)}/wsman`;
  }

  get host(): string {
    return this.logins.target.name;
  }

  /** Returns the body of the answer. Throws a `WsManFault` for a fault. After `lostConnection`, the host may have acted. */
  async call(message: Message, signal: AbortSignal): Promise<Element> {
    const free = await this.#turn.acquire();
    try {
      return await this.#ask(message, signal);
    } finally {
      free();
    }
  }

  /** Logs in if there is no connection. */
  async connect(signal: AbortSignal, onWaiting?: (reason: string) => void): Promise<Session> {
    if (!this.#session?.isAlive) this.#session = await this.logins.open(signal, onWaiting);
    return this.#session;
  }

  async #ask(message: Message, signal: AbortSignal): Promise<Element> {
    const start = performance.now();
    let isAgain = false;
    for (let pause = 250; ;) {
      const { id, bytes } = envelope(message, this.#to);
      const answer = await (await this.connect(signal)).post(bytes, signal);
      if (isForgotten(answer)) {
        this.close();
        if (this.logins.target.authentication === "basic") throw this.logins.refuse(refusal(this.logins.target.user));
        if (isAgain)
          throw this.#error(`the host accepted the login, but refused the next message (HTTP ${answer.status})`);
        isAgain = true; // the host did not act on the message: send it once more after a new login
      } else if (answer.status === 503 && performance.now() - start < PATIENCE) {
        await sleep(pause, undefined, { signal }).catch(() => {
          throw abortError(this.host, signal, "waiting because the host is busy (HTTP 503)");
        });
        pause = Math.min(pause * 2, 3000);
      } else {
        return this.#read(answer, id);
      }
    }
  }

  #read(answer: Answer, id: string): Element {
    if (answer.status !== 200 && answer.body.length === 0) throw this.#error(STATUS[answer.status] ?? http(answer));
    let read: ReturnType<typeof readEnvelope>;
    try {
      read = readEnvelope(answer.body);
    } catch (error) {
      this.close();
      if (answer.status !== 200) throw this.#error(STATUS[answer.status] ?? http(answer));
      throw this.#error(`the provider does not understand an answer of the host: ${(error as Error).message}`);
    }
    const fault = readFault(read.body, this.host);
    if (fault) throw fault;
    if (answer.status !== 200) throw this.#error(http(answer));
    if (read.relatesTo !== undefined && read.relatesTo.toUpperCase() !== id.toUpperCase()) {
      this.close();
      throw this.#error("an answer belongs to another message: is there a proxy in between?");
    }
    return read.body;
  }

  #error(reason: string): HostError {
    return new HostError("remote", this.host, reason);
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}

/** Windows forgets the login of a connection that is idle for some minutes. It then answers 401, or 400 without a body. */
const isForgotten = ({ status, body }: Answer) => status === 401 || (status === 400 && body.length === 0);

const http = ({ status }: Answer) => `WinRM answered with HTTP ${status}`;

const STATUS: Record<number, string> = {
  404: "there is no WinRM at /wsman (HTTP 404)",
  413: "a message is larger than the host allows (HTTP 413; MaxEnvelopeSizekb in winrm/config)",
  500: "WinRM answered with HTTP 500 and no fault: the host is overloaded, or refuses unencrypted messages (AllowUnencrypted in winrm/config/service)",
  503: "the host has been busy for 30 s (HTTP 503)",
};
