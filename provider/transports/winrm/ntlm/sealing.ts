import { timingSafeEqual } from "node:crypto";
import { hmacMd5, md5, NtlmError } from "./digest";
import { Rc4 } from "./rc4";

/** Encrypts and signs the messages of one side ([MS-NLMP] 3.4). They must be decrypted in the order of their encryption. */
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

  /** The signature of a message. Call it right after the cipher has processed the message. */
  sign(message: Buffer): Buffer {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32LE(this.#sequence++ >>> 0);
    const checksum = hmacMd5(this.#signingKey, sequence, message).subarray(0, 8);
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), this.#cipher.update(checksum), sequence]);
  }
}

/** Encrypts and verifies the messages after a login, with the keys of the login. */
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

  /** Decrypts a message of the host. Throws when the message is out of sequence or was tampered with. */
  open(signature: Buffer, sealed: Buffer): Buffer {
    const message = this.#theirs.update(sealed);
    const expected = this.#theirs.sign(message);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
      throw new NtlmError("the signature of the host's message is wrong");
    return message;
  }
}
