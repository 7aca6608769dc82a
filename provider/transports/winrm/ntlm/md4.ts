/** MD4 (RFC 1320). NTLM needs it for passwords, and OpenSSL 3 no longer provides it to Node. */
export function md4(message: Buffer): Buffer {
  const padded = Buffer.alloc((((message.length + 8) >> 6) + 1) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  const state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) {
    const words = Array.from({ length: 16 }, (_, i) => padded.readUInt32LE(at + i * 4));
    const before: State = [...state];
    for (const round of ROUNDS) apply(round, state, words);
    for (let i = 0; i < 4; i++) state[i] = (state[i]! + before[i]!) >>> 0;
  }
  const digest = Buffer.alloc(16);
  state.forEach((value, i) => digest.writeUInt32LE(value, i * 4));
  return digest;
}

type State = [number, number, number, number];

interface Round {
  mix: (x: number, y: number, z: number) => number;
  constant: number;
  /** The word of the block that each of the 16 steps uses. */
  order: readonly number[];
  shifts: readonly number[];
}

const ROUNDS: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
];

function apply({ mix, constant, order, shifts }: Round, state: State, words: readonly number[]): void {
  let [a, b, c, d] = state;
  order.forEach((word, step) => {
    const sum = (a + mix(b, c, d) + words[word]! + constant) >>> 0;
    const shift = shifts[step % 4]!;
    [a, d, c, b] = [d, c, b, ((sum << shift) | (sum >>> (32 - shift))) >>> 0];
  });
  state.splice(0, 4, a, b, c, d);
}
