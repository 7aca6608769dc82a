import type { Readable, Writable } from "node:stream";

export interface ExecResult {
  code: number;
  stdout: Buffer;
  stderr: Buffer;
}

/** A command, in two forms: `argv` where no shell is involved, and `line` for the host's login shell. */
export interface Command {
  argv: readonly string[];
  line: string;
}

/** A running remote process with its three streams. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has ended. Rejects with `lostConnection` if the connection is lost first. */
  readonly closed: Promise<{ code: number | null; signal: string | null }>;
  /** Closes the channel. The remote process may go on. */
  abort(): void;
}

export interface OpenOptions {
  /** Ignores the session limit. For commands that end other sessions. */
  urgent?: boolean;
}

/** Transfers bytes to and from programs on a host; knows nothing of services, shells or root. Every error is a `HostError`. */
export interface Transport {
  /** Starts a program and lets the caller communicate with it. */
  open(command: Command, signal?: AbortSignal, options?: OpenOptions): Promise<Channel>;
  /** Runs a program and waits until it exits. */
  exec(request: { command: Command; stdin?: string | Buffer; signal?: AbortSignal }): Promise<ExecResult>;
  close(): void;
}
