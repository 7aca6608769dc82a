import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LabError } from "../errors";
import { python, servicePath } from "./python";

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
}

/** An event that the service reports. */
export type WinRmEvent =
  | { event: "login"; accepted: boolean; reason?: string }
  | { event: "shell"; id: string; state: "created" | "deleted" | "expired" }
  | { event: "command"; id: string; line: string }
  | { event: "request"; verb: string; status: number; received: number; sent: number }
  | { event: "unsealed"; accepted: false; reason: string };

/** A WinRM service on this computer. lab/windows/wsman/__main__.py says which parts of it are real. */
export interface WinRmServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** All events so far. */
  events(): Promise<readonly WinRmEvent[]>;
  /** The first event that fits, which may be still to come. */
  until(fits: (event: WinRmEvent) => boolean): Promise<WinRmEvent>;
  /** Answers the next request of a verb (Create, Command, …, or * for any) with a fault, or with an HTTP status and no body. */
  answer(on: string, what: { code: number } | { status: number }): void;
  stop(): Promise<void>;
}

export async function startWinRmServer(options: WinRmServerOptions = {}): Promise<WinRmServer> {
  const [user, password] = ["Administrator", "Pässword 1 €"];
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const args = [servicePath(), "--users", file("users", `:${user}:${password}\n`)];
  for (const [name, value] of Object.entries({ ...options, tls: undefined })) {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) args.push(flag);
    else if (value !== undefined && value !== false) args.push(flag, String(value));
  }
  const { tls } = options;
  if (tls) args.push("--certificate", file("certificate", tls.certificate), "--key", file("key", tls.key));
  const child = spawn(python(), args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const exited = once(child, "exit");
  const events: WinRmEvent[] = [];
  const echoes: (() => void)[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    void exited.then(() => reject(new LabError(`the WinRM service did not start: ${stderr}`)));
    lines.on("line", (line) => {
      const event = JSON.parse(line) as WinRmEvent | { port: number } | { echo: number };
      if ("port" in event) return resolve(event.port);
      if ("echo" in event) return echoes[event.echo]?.();
      events.push(event);
      for (const look of waiting) look();
    });
  });
  const until = (fits: (event: WinRmEvent) => boolean) =>
    new Promise<WinRmEvent>((resolve) => {
      const look = () => {
        const found = events.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const send = (order: object) => void child.stdin.write(`${JSON.stringify(order)}\n`);
  const answer = (on: string, what: object) => send({ on, ...what });
  const allEvents = () =>
    new Promise<readonly WinRmEvent[]>((resolve) => {
      send({ echo: echoes.length });
      echoes.push(() => resolve(events));
    });
  const stop = async () => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true });
  };
  return { port, user, password, events: allEvents, until, answer, stop };
}
