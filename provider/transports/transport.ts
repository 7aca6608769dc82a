import type { Readable, Writable } from "node:stream";

export interface ExecResult {
  code: number;
  stdout: Buffer;
  stderr: Buffer;
}

/** What to run: word by word where no shell is in between, and as the login shell of the host takes it. */
export interface Command {
  argv: readonly string[];
  line: string;
}

/** A running remote process with its three streams. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has ended. Rejects with `lostConnection` if the connection was lost before. */
  readonly closed: Promise<{ code: number | null; signal: string | null }>;
  /** Closes the channel. The remote process may go on. */
  abort(): void;
}

export interface OpenOptions {
  /** Ignores the limit of sessions. For commands that end other sessions. */
  urgent?: boolean;
}

/** Bytes in, bytes out. Knows no services, no shells, no root. Every error is a `HostError`. */
export interface Transport {
  /** Starts a program and lets the caller communicate with it. */
  open(command: Command, signal?: AbortSignal, options?: OpenOptions): Promise<Channel>;
  /** Runs a program and waits until it exits. */
  exec(request: { command: Command; stdin?: string | Buffer; signal?: AbortSignal }): Promise<ExecResult>;
  close(): void;
}
