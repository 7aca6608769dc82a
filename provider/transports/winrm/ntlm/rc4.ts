/** RC4, the cipher of NTLM. OpenSSL 3 no longer provides it to Node. The state carries over from message to message. */
export class Rc4 {
  readonly #state = Uint8Array.from({ length: 256 }, (_, i) => i);
  #i = 0;
  #j = 0;

  constructor(key: Buffer) {
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + this.#state[i]! + key[i % key.length]!) & 255;
      this.#swap(i, j);
    }
  }

  /** Encrypts or decrypts, which is the same operation. */
  update(data: Buffer): Buffer {
    const state = this.#state;
    return Buffer.from(
      data.map((byte) => {
        this.#i = (this.#i + 1) & 255;
        this.#j = (this.#j + state[this.#i]!) & 255;
        this.#swap(this.#i, this.#j);
        return byte ^ state[(state[this.#i]! + state[this.#j]!) & 255]!;
      }),
    );
  }

  #swap(i: number, j: number): void {
    const former = this.#state[i]!;
    this.#state[i] = this.#state[j]!;
    this.#state[j] = former;
  }
}
