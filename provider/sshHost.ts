import { PropertyError } from "../model/errors";
import type { Become } from "../schema/connection";
import type { Host, Inquiry, OperateOptions, Session, Survey } from "./platform";
import type { PosixHost } from "./posix/verbs/host";
import type { SshTransport } from "./transports/ssh";
import { isForWindows } from "./transports/ssh/serverVersion";
import type { WindowsHost } from "./windows/host";

interface Parts {
  /** The connection of the login, opened if there is none. */
  connect(signal: AbortSignal, onWaiting: (reason: string) => void): Promise<SshTransport>;
  posix: PosixHost;
  windows: WindowsHost;
  become: Become | undefined;
}

/**
 * A host over SSH, whose platform nobody has told. The name of the server's software tells it before the login, so that no host is
 * asked for it.
 */
export class SshHost implements Host {
  readonly #listeners = new Set<(reason: string) => void>();

  constructor(private readonly parts: Parts) {}

  get name(): string {
    return this.parts.posix.name;
  }

  whileConnecting(listener: (reason: string) => void): () => void {
    const ends = [this.parts.posix, this.parts.windows].map((host) => host.whileConnecting(listener));
    this.#listeners.add(listener);
    return () => {
      for (const end of ends) end();
      this.#listeners.delete(listener);
    };
  }

  async survey(inquiry: Inquiry, signal: AbortSignal): Promise<Survey> {
    return (await this.#host(signal)).survey(inquiry, signal);
  }

  async operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T> {
    return (await this.#host(options.signal)).operate(options, body);
  }

  async #host(signal: AbortSignal): Promise<Host> {
    const { posix, windows, become } = this.parts;
    const onWaiting = (reason: string) => {
      for (const listener of this.#listeners) listener(posix.shell.waiting(reason));
    };
    const { software } = await this.parts.connect(signal, onWaiting);
    if (!isForWindows(software)) return posix;
    if (become?.method !== "sudo") return windows;
    const message = `is for Linux, and ${this.name} runs Windows, which has no sudo: log in as an administrator, and set method to "none"`;
    throw new PropertyError([{ path: ["connection", "become"], message }]);
  }
}
