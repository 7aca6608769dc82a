import { timingSafeEqual } from "node:crypto";
import { hmacMd5, md5, NtlmError } from "./digest";
import { Rc4 } from "./rc4";

/** Encrypts and signs what one side sends ([MS-NLMP] 3.4). Messages have to be opened in the order in which they were sealed. */
class Direction {
  readonly #signingKey: Buffer;
  readonly #cipher: Rc4;
  #sequence = 0;

  constructor(sessionKey: Buffer, way: "client-to-server" | "server-to-client") {
    const key = (use: string) => md5(sessionKey, `session key to ${way} ${use} key magic constant\0`);
    this.#signingKey = key("signing");
    this.#cipher = new Rc4(key("sealing"));
  }

  update(data: Buffer): Buffer {
    return this.#cipher.update(data);
  }

  /** The signature of a message whose text went through the cipher just before. */
  sign(message: Buffer): Buffer {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence++ >>> 0);
    const checksum = hmacMd5(this.#signingKey, sequence, message).subarray(0, 8);
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), this.#cipher.update(checksum), sequence]);
  }
}

/** What was agreed on in a login: encrypts and checks the messages after it. */
export class Sealing {
  readonly #ours: Direction;
  readonly #theirs: Direction;

  constructor(sessionKey: Buffer) {
    this.#ours = new Direction(sessionKey, "client-to-server");
    this.#theirs = new Direction(sessionKey, "server-to-client");
  }

  seal(message: Buffer): { signature: Buffer; sealed: Buffer } {
    const sealed = this.#ours.update(message);
    return { signature: this.#ours.sign(message), sealed };
  }

  /** The text of a message of the host's. Throws when it is not the next one, or was changed on its way. */
  open(signature: Buffer, sealed: Buffer): Buffer {
    const message = this.#theirs.update(sealed);
    const expected = this.#theirs.sign(message);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
      throw new NtlmError("the signature of the host's message is wrong");
    return message;
  }
}
