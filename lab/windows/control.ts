import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";

export interface WinRmServerOptions {
  /** The software that accepts the login. Default: spnego, which is pyspnego. */
  acceptor?: "spnego" | "gss-ntlmssp";
  /** A certificate and its key, in PEM. With them the service speaks HTTPS and requires channel binding. */
  tls?: { certificate: string; key: string };
  basic?: boolean;
  /** Sends its answers in chunks. */
  chunked?: boolean;
  /** Ignores the shell and command ids that the client chooses. */
  ownIds?: boolean;
  /** Default: 30. */
  maxShells?: number;
  /** How many bytes one Receive returns at most. Default: 32768. */
  receiveBytes?: number;
  /** How long a login lasts without a request. Default: 120. */
  idleSeconds?: number;
  /** How long each request takes at least. Default: 0. */
  delayMs?: number;
  /** Refuses each login by NTLM, as a policy does. */
  refusesNtlm?: boolean;
  /** Refuses remote shells, as Windows does with the policy AllowRemoteShellAccess off. */
  deniesShells?: boolean;
  /** Refuses WMI, as Windows does to a user without rights on the namespace. */
  deniesWmi?: boolean;
  /** WMI without properties that Windows Server 2012 lacks. */
  oldWmi?: boolean;
  /** `%TEMP%` of remote shells is a folder that is not there. */
  noTemp?: boolean;
}

/** An event that the service reports. */
export type WinRmEvent =
  | { event: "login"; accepted: boolean; reason?: string }
  | { event: "shell"; id: string; state: "created" | "deleted" | "expired" }
  | { event: "command"; id: string; line: string }
  | { event: "request"; verb: string; status: number; received: number; sent: number }
  | { event: "unsealed"; accepted: false; reason: string };

/** The options as arguments of the service. `file` writes a file and returns its path. */
export function winRmArguments(options: WinRmServerOptions, file: (name: string, content: string) => string): string[] {
  const { tls, ...rest } = options;
  const args = tls ? ["--certificate", file("certificate", tls.certificate), "--key", file("key", tls.key)] : [];
  for (const [name, value] of Object.entries(rest)) {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) args.push(flag);
    else if (value !== undefined && value !== false) args.push(flag, String(value));
  }
  return args;
}

/** The events of a WinRM service, and the answers that tests order, over two streams. */
export class WinRmControl {
  private readonly seen: WinRmEvent[] = [];
  private readonly echoes: (() => void)[] = [];
  private readonly waiting = new Set<() => void>();
  private output: Writable | undefined;

  /** Connects to a service, which after a reboot is a new one. Returns its port. */
  attach(input: Readable, output: Writable): Promise<number> {
    this.output = output;
    output.on("error", () => {});
    return new Promise((resolve) => {
      createInterface({ input }).on("line", (line) => {
        const event = JSON.parse(line) as WinRmEvent | { port: number } | { echo: number };
        if ("port" in event) return resolve(event.port);
        if ("echo" in event) return this.echoes[event.echo]?.();
        this.seen.push(event);
        for (const look of this.waiting) look();
      });
    });
  }

  /** All events so far. */
  events(): Promise<readonly WinRmEvent[]> {
    return new Promise((resolve) => {
      this.send({ echo: this.echoes.length });
      this.echoes.push(() => resolve(this.seen));
    });
  }

  /** The first event that fits, which may be still to come. */
  until(fits: (event: WinRmEvent) => boolean): Promise<WinRmEvent> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.seen.find(fits);
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Answers the next request of a verb (Create, Command, …, or * for any) with a fault, or with an HTTP status and no body. */
  answer(on: string, what: { code: number } | { status: number }): void {
    this.send({ on, ...what });
  }

  private send(order: object): void {
    this.output?.write(`${JSON.stringify(order)}\n`);
  }
}
