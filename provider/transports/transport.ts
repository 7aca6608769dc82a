import type { Readable, Writable } from "node:stream";

export interface ExecResult {
  code: number;
  stdout: Buffer;
  stderr: Buffer;
}

/** A running remote process with its three streams. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has ended. Rejects with `lostConnection` when the connection went first. */
  readonly closed: Promise<{ code: number | null; signal: string | null }>;
  /** Gives up on the process: closes the channel. Does not promise that the remote process ends. */
  abort(): void;
}

export interface OpenOptions {
  /** Does not wait for one of the bounded places: for what ends those who hold them. */
  urgent?: boolean;
}

/** Bytes in, bytes out. Knows no services, no shells, no root. Every error is a `HostError`. */
export interface Transport {
  /** Starts argv (quoted for the remote login shell) and leaves the talking to the caller. */
  open(argv: readonly string[], signal?: AbortSignal, options?: OpenOptions): Promise<Channel>;
  /** Runs argv to its end. */
  exec(request: { argv: readonly string[]; stdin?: string | Buffer; signal?: AbortSignal }): Promise<ExecResult>;
  close(): void;
}
