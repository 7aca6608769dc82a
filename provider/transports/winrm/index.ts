import { unlessAborted } from "../abort";
import type { OnWaiting } from "../retry";
import { Semaphore } from "../semaphore";
import { Client } from "./client";
import { Logins } from "./login";
import { run, type WinRmCommand, type WinRmResult } from "./run";
import type { WinRmTarget } from "./target";

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
  async run(command: WinRmCommand, signal: AbortSignal = new AbortController().signal): Promise<WinRmResult> {
    const place = this.#semaphore.acquire();
    const free = await unlessAborted(place, this.host, signal, "waiting for a free session").catch((error: unknown) => {
      void place.then((late) => late());
      throw error;
    });
    const client = this.#idle.pop() ?? this.#client();
    try {
      return await run(client, command, signal);
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
