import { NtlmError } from "./digest";

/** Attributes of the target information in challenges and responses ([MS-NLMP] 2.2.2.1). */
export const AV = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const;

export interface AvPair {
  id: number;
  value: Buffer;
}

/** Reads target information up to its terminator. */
export function readAvPairs(data: Buffer): AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= data.length;) {
    const id = data.readUInt16LE(at);
    const length = data.readUInt16LE(at + 2);
    if (id === AV.end) return pairs;
    const value = data.subarray(at + 4, at + 4 + length);
    if (value.length < length) break;
    pairs.push({ id, value });
    at += 4 + length;
  }
  throw new NtlmError("the target information in the host's challenge is truncated");
}

export function writeAvPairs(pairs: readonly AvPair[]): Buffer {
  return Buffer.concat(
    [...pairs, { id: AV.end, value: Buffer.alloc(0) }].flatMap(({ id, value }) => [header(id, value), value]),
  );
}

function header(id: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(id, 0);
  bytes.writeUInt16LE(value.length, 2);
  return bytes;
}
