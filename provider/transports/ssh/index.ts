import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type { Client, ClientChannel, SFTPWrapper } from "ssh2";
import { HostError } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError, unlessAborted } from "../abort";
import { TransientError, type Deadline } from "../retry";
import { channelFailure, CONNECT_FAILED, PROHIBITED, SHORTAGE, UNKNOWN_TYPE } from "./channelFailure";
import { collect } from "../exec";
import type { Hop } from "../target";
import type { LoggedIn } from "./login";
import { Files } from "./files";
import { Semaphore } from "../semaphore";
import type { Channel, Command, OpenOptions, Transport } from "../transport";

/** How long, in milliseconds, a refused session (MaxSessions) is retried. */
const PATIENCE = 60_000;
/** The same when this connection has no other session open, so that its sessions are not the ones that reach the limit. */
const PATIENCE_ALONE = 5_000;

/** Refusals that are not retried. */
const FORWARD_REFUSED: Record<number, string> = {
  [PROHIBITED]:
    "the jump host forbids forwarding to this host (AllowTcpForwarding, DisableForwarding or PermitOpen in its sshd_config, or the options of the key in authorized_keys)",
  [UNKNOWN_TYPE]: "the SSH server of the jump host does not support forwarding",
};

/** An SSH connection that is logged in, and its channels. */
export class SshTransport implements Transport {
  readonly #client: Client;
  readonly #semaphore: Semaphore;
  readonly #channels = new Set<(error: HostError) => void>();
  readonly #onLost: () => void;
  #lost: HostError | undefined;
  #reason = "the connection was lost";
  #files: Promise<Files> | undefined;
  /** How the server names its software, such as `OpenSSH_for_Windows_9.5`. */
  readonly software: string;

  constructor(
    readonly host: string,
    { client, software = "" }: LoggedIn,
    sessions: number,
    onLost: () => void,
  ) {
    this.#client = client;
    this.software = software;
    this.#semaphore = new Semaphore(sessions);
    client.on("error", (error) => (this.#reason = `the connection was lost (${error.message})`));
    client.on("close", () => this.#lose());
    this.#onLost = onLost;
  }

  #lose(): HostError {
    this.#lost ??= new HostError("lostConnection", this.host, this.#reason);
    this.#onLost();
    for (const fail of this.#channels) fail(this.#lost);
    return this.#lost;
  }

  async open({ line }: Command, signal?: AbortSignal, options: OpenOptions = {}): Promise<Channel> {
    if (options.urgent) return this.#session(line, () => {}, signal);
    const place = this.#semaphore.acquire();
    try {
      await unlessAborted(place, this.host, signal, "waiting for a free session");
    } catch (error) {
      void place.then((free) => free());
      throw error;
    }
    const free = await place;
    try {
      return await this.#session(line, free, signal);
    } catch (error) {
      free();
      throw error;
    }
  }

  /** A refused channel is safe to retry, since nothing ran. */
  async #session(command: string, free: () => void, signal: AbortSignal | undefined): Promise<Channel> {
    const start = performance.now();
    for (let pause = 50; ; pause = Math.min(pause * 1.7, 2000)) {
      if (signal?.aborted) throw abortError(this.host, signal, "opening a session");
      const opening = this.#exec(command, free);
      try {
        return await unlessAborted(opening, this.host, signal, "opening a session");
      } catch (error) {
        opening.then((late) => late.abort()).catch(() => {}); // nobody needs it any more
        if (error instanceof HostError) throw error;
        const refusal = channelFailure(error as Error);
        const isFull = refusal?.code === CONNECT_FAILED || refusal?.code === SHORTAGE;
        const patience = this.#channels.size > 0 ? PATIENCE : PATIENCE_ALONE;
        if (isFull && performance.now() - start < patience) {
          await sleep(pause * (0.5 + Math.random()));
          continue;
        }
        const words = refusal?.words ?? (error as Error).message;
        const why = isFull ? `${words} (see MaxSessions in sshd_config)` : words;
        throw new HostError("remote", this.host, `the SSH server refuses to open a session: ${why}`);
      }
    }
  }

  #exec(command: string, free: () => void): Promise<Channel> {
    return new Promise((resolve, reject) => {
      // An answer that arrives after the connection was lost does not count.
      const settle = (act: () => void) => (this.#channels.delete(reject), act());
      this.#channels.add(reject);
      const lost = this.#lost;
      if (lost) return settle(() => reject(lost));
      try {
        this.#client.exec(command, (error, stream) => {
          // At once, since a short program may have exited in the same packet.
          settle(() =>
            error ? setImmediate(() => reject(this.#lost ?? error)) : resolve(this.#channel(stream, free)),
          );
        });
      } catch {
        settle(() => reject(this.#lose())); // "Not connected"
      }
    });
  }

  #channel(stream: ClientChannel, free: () => void): Channel {
    stream.on("error", () => {});
    let fail: (error: HostError) => void = () => {};
    const closed = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      let end: { code: number | null; signal: string | null } | undefined;
      fail = reject;
      this.#channels.add(reject);
      stream.on("exit", (code: number | null, signal?: string) => (end = { code, signal: signal ?? null }));
      // `close` without `exit`: it is unknown how the process ended, so this is not code 0.
      stream.on("close", () => {
        if (end) resolve(end);
        else
          setImmediate(() => reject(this.#lost ?? new HostError("lostConnection", this.host, "the session was lost")));
      });
    });
    closed
      .catch(() => {})
      .finally(() => {
        this.#channels.delete(fail);
        free();
      });
    return {
      stdin: stream,
      stdout: stream,
      stderr: stream.stderr,
      closed,
      abort: () => {
        // Unread output can only fill the channel's window, so further output of the host costs nothing.
        stream.pause();
        stream.stderr.pause();
        stream.close();
        fail(new HostError("lostConnection", this.host, "the session was abandoned"));
      },
    };
  }

  async exec(request: { command: Command; stdin?: string | Buffer; signal?: AbortSignal }) {
    return collect(await this.open(request.command, request.signal), this.host, request);
  }

  /** The files of the host, over one session of SFTP. */
  files(): Promise<Files> {
    this.#files ??= this.#openFiles();
    this.#files.catch(() => (this.#files = undefined));
    return this.#files;
  }

  #openFiles(): Promise<Files> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => (this.#channels.delete(reject), act());
      this.#channels.add(reject);
      const done = (error: Error | undefined, sftp?: SFTPWrapper) =>
        settle(() => {
          if (sftp) return resolve(new Files(this.host, sftp, () => (this.#files = undefined)));
          const why = channelFailure(error)?.words ?? error?.message ?? "no answer";
          const text = `the SSH server offers no SFTP, which the provider needs on Windows (Subsystem sftp in sshd_config): ${why}`;
          reject(this.#lost ?? new HostError("remote", this.host, text));
        });
      if (this.#lost) return done(this.#lost);
      try {
        this.#client.sftp(done);
      } catch {
        settle(() => reject(this.#lose())); // "Not connected"
      }
    });
  }

  /** Opens a stream to the next hop, without a session on this one. */
  forward = (hop: Hop, deadline: Deadline): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      const where = `${withPort(hop.address, hop.port)} through ${this.host}`;
      const unreachable = (text: string) => new HostError("unreachable", hop.name, `${where}: ${text}`);
      const timer = setTimeout(
        () => reject(new TransientError(unreachable(`no answer within ${deadline.seconds} s`))),
        deadline.step,
      );
      const done = (error: Error | undefined, stream?: Duplex) => {
        clearTimeout(timer);
        if (stream) return resolve(stream);
        const refusal = channelFailure(error);
        const lasting = FORWARD_REFUSED[refusal?.code ?? 0];
        if (lasting !== undefined) return reject(unreachable(lasting));
        reject(new TransientError(unreachable(refusal?.words ?? error?.message ?? "no connection")));
      };
      try {
        this.#client.forwardOut("127.0.0.1", 0, hop.address, hop.port, done);
      } catch (error) {
        done(error as Error);
      }
    });

  close(): void {
    this.#client.end();
    this.#client.destroy();
  }
}
