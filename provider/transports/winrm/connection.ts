import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { HostError } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError } from "../abort";
import type { Deadline } from "../retry";
import { tcp } from "../tcp";
import type { WinRmTarget } from "./target";
import { startTls } from "./tls";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The longest answer that is read, in bytes. Each request asks for much less (MaxEnvelopeSize). */
const LONGEST = 4 * 1024 * 1024;
/** How long a host may be silent, in milliseconds. It answers within the time limit of an operation, which is 20 s. */
const SILENCE = 60_000;

/**
 * One connection to a host, for one request at a time. A login is valid for its connection only, so a closed connection
 * must not be replaced silently, as an agent of Node.js does.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #agent: Agent;
  readonly #target: WinRmTarget;
  /** The host's certificate in DER form. Undefined without TLS. */
  readonly certificate: Buffer | undefined;

  private constructor(target: WinRmTarget, socket: Socket, certificate: Buffer | undefined) {
    this.#target = target;
    this.#socket = socket;
    this.certificate = certificate;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#agent.createConnection = () => socket;
    socket.on("error", () => {}); // an error between two requests must not end the process
  }

  static async open(target: WinRmTarget, deadline: Deadline, signal: AbortSignal): Promise<Connection> {
    const socket = await tcp(target, deadline, signal);
    socket.on("error", () => {});
    if (target.tls === undefined) return new Connection(target, socket, undefined);
    const secured = await startTls(socket, { ...target, tls: target.tls }, deadline, signal);
    return new Connection(target, secured.socket, secured.certificate);
  }

  get isAlive(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Sends a request and waits for the whole answer. After `lostConnection`, the host may have received the request. */
  post(headers: OutgoingHttpHeaders, body: Buffer, signal: AbortSignal): Promise<Answer> {
    const { name, address, port } = this.#target;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        act();
      };
      const fail = (error: HostError) =>
        settle(() => {
          this.close();
          reject(error);
        });
      const lost = (why: string) => fail(new HostError("lostConnection", name, `the connection was lost (${why})`));
      const onAbort = () => fail(abortError(name, signal, "waiting for an answer"));
      const timer = setTimeout(() => lost(`no answer for ${SILENCE / 1000} s`), SILENCE);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) return onAbort();
      if (!this.isAlive) return lost("closed by the host");
      const outgoing = request({
        agent: this.#agent,
        method: "POST",
        path: "/wsman",
        headers: { Host: withPort(address, port), ...headers, "Content-Length": body.length },
      });
      outgoing.on("error", (error) => lost(error.message));
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on("error", (error) => lost(error.message));
        incoming.on("data", (chunk: Buffer) => {
          timer.refresh();
          length += chunk.length;
          if (length > LONGEST) fail(new HostError("remote", name, "an answer is longer than 4 MiB"));
          else chunks.push(chunk);
        });
        incoming.on("end", () => {
          const answer = { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
          // Without a length, a cut connection would look like the end of the answer.
          if (isBounded(incoming.headers)) settle(() => resolve(answer));
          else lost("the answer has no length");
        });
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#agent.destroy();
  }
}

const isBounded = (headers: IncomingHttpHeaders) =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
