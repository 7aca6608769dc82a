import { setMaxListeners } from "node:events";
import { unlessAborted } from "../abort";
import type { OnWaiting } from "../retry";
import { Semaphore } from "../semaphore";
import { Client } from "./client";
import type { Message } from "./envelope";
import { Logins } from "./login";
import { run, type WinRmCommand, type WinRmResult } from "./run";
import type { WinRmTarget } from "./target";
import type { Element } from "./xml";

/** A Windows host over WinRM. Every error is a `HostError`. */
export class WinRmTransport {
  readonly #logins: Logins;
  readonly #semaphore: Semaphore;
  /** Open connections that no operation uses. */
  readonly #idle: Client[] = [];
  readonly #clients = new Set<Client>();

  private constructor(target: WinRmTarget, sessions: number) {
    this.#logins = new Logins(target);
    this.#semaphore = new Semaphore(sessions);
  }

  /** Logs in. `sessions` is the number of operations, and so of connections, at the same time. */
  static async connect(
    target: WinRmTarget,
    sessions: number,
    signal: AbortSignal,
    onWaiting?: OnWaiting,
  ): Promise<WinRmTransport> {
    const transport = new WinRmTransport(target, sessions);
    const client = transport.#client();
    await client.connect(signal, onWaiting);
    transport.#idle.push(client);
    return transport;
  }

  get host(): string {
    return this.#logins.target.name;
  }

  /** Runs a program in a shell of its own and waits until it exits. */
  run(command: WinRmCommand, signal: AbortSignal = new AbortController().signal): Promise<WinRmResult> {
    return this.#with((client) => run(client, command, signal), signal);
  }

  /** Sends one message, such as a question to WMI. Concurrent ones travel over several connections. */
  call(message: Message, signal: AbortSignal): Promise<Element> {
    return this.#with((client) => client.call(message, signal), signal);
  }

  async #with<T>(work: (client: Client) => Promise<T>, signal: AbortSignal): Promise<T> {
    setMaxListeners(0, signal); // many messages of one read wait with it
    const place = this.#semaphore.acquire();
    const free = await unlessAborted(place, this.host, signal, "waiting for a free session").catch((error: unknown) => {
      void place.then((late) => late());
      throw error;
    });
    const client = this.#idle.pop() ?? this.#client();
    try {
      return await work(client);
    } finally {
      this.#idle.push(client);
      free();
    }
  }

  #client(): Client {
    const client = new Client(this.#logins);
    this.#clients.add(client);
    return client;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}
