import { HostError } from "../../../model/errors";
import type { Answer, Connection } from "./connection";
import type { Sealing } from "./ntlm/sealing";
import { encryptionOf, readSealedBody, SEALED_TYPE, writeSealedBody } from "./sealedBody";

/** A connection that is logged in. It encrypts and decrypts envelopes as the login has negotiated. */
export interface Session {
  readonly isAlive: boolean;
  /** Sends an envelope. The body of the answer is in clear text. */
  post(envelope: Buffer, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

const SOAP = "application/soap+xml;charset=UTF-8";

/** Sends envelopes unencrypted, so it is for TLS only. */
export class PlainSession implements Session {
  constructor(
    protected readonly connection: Connection,
    readonly headers: Record<string, string> = {},
  ) {}

  get isAlive(): boolean {
    return this.connection.isAlive;
  }

  post(envelope: Buffer, signal: AbortSignal): Promise<Answer> {
    return this.connection.post({ "Content-Type": SOAP, ...this.headers }, envelope, signal);
  }

  close(): void {
    this.connection.close();
  }
}

/** Encrypts envelopes with NTLM. An answer in clear text or with a wrong signature is not from the host. */
export class SealedSession extends PlainSession {
  constructor(
    connection: Connection,
    readonly host: string,
    readonly sealing: Sealing,
  ) {
    super(connection);
  }

  override async post(envelope: Buffer, signal: AbortSignal): Promise<Answer> {
    const { signature, sealed } = this.sealing.seal(envelope);
    const body = writeSealedBody(envelope.length, signature, sealed);
    const answer = await this.connection.post({ "Content-Type": SEALED_TYPE }, body, signal);
    if (answer.body.length === 0) return answer; // it has only a status, which nothing trusts
    try {
      return { ...answer, body: this.#open(answer) };
    } catch (error) {
      this.close();
      throw error instanceof HostError
        ? error
        : new HostError("remote", this.host, `an answer was rejected: ${(error as Error).message}`, { cause: error });
    }
  }

  #open({ status, headers, body }: Answer): Buffer {
    const encryption = encryptionOf(headers["content-type"]);
    if (encryption === undefined && status !== 200) return Buffer.alloc(0); // the web server's own page
    const parts = encryption === "ntlm" ? readSealedBody(body) : undefined;
    if (parts) return this.sealing.open(parts.signature, parts.sealed);
    const what = encryption === undefined ? "is not encrypted, as the login requires" : "is badly encrypted";
    throw new HostError("remote", this.host, `an answer was rejected: it ${what}`);
  }
}
