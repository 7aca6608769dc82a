import type { RegistryValue } from "./values";

/** The types' numbers in winnt.h. */
export const TYPES = { sz: 1, expandSz: 2, binary: 3, dword: 4, multiSz: 7, qword: 11 } as const;

/** Decodes a value. A value whose bytes don't match its type becomes `other`, which keeps all bytes. */
export function typed(number: number, data: Buffer): RegistryValue {
  switch (number) {
    case TYPES.sz:
    case TYPES.expandSz: {
      const text = withoutEnd(data);
      if (text === undefined || text.includes("\0")) break;
      return { type: number === TYPES.sz ? "sz" : "expandSz", data: text };
    }
    case TYPES.multiSz: {
      const text = withoutEnd(data);
      if (text === undefined) break;
      const all = text === "" ? [] : text.replace(/\0$/, "").split("\0");
      // An empty text would end the list.
      if (all.some((one) => one === "")) break;
      return { type: "multiSz", data: all };
    }
    case TYPES.dword:
      if (data.length === 4) return { type: "dword", data: data.readUInt32LE() };
      break;
    case TYPES.qword:
      if (data.length === 8) return { type: "qword", data: data.readBigUInt64LE() };
      break;
    case TYPES.binary:
      return { type: "binary", data };
  }
  return { type: "other", number, data };
}

/** A text in UTF-16, without its final NUL, which not every program writes. */
function withoutEnd(data: Buffer): string | undefined {
  return data.length % 2 === 0 ? data.toString("utf16le").replace(/\0$/, "") : undefined;
}

/** Encodes a value: the number of its type, and its bytes. */
export function joined(value: RegistryValue): { number: number; data: Buffer } {
  switch (value.type) {
    case "sz":
    case "expandSz":
      return { number: TYPES[value.type], data: utf16(`${value.data}\0`) };
    case "multiSz":
      return { number: TYPES.multiSz, data: utf16(`${value.data.map((one) => `${one}\0`).join("")}\0`) };
    case "dword": {
      const data = Buffer.alloc(4);
      data.writeUInt32LE(value.data);
      return { number: TYPES.dword, data };
    }
    case "qword": {
      const data = Buffer.alloc(8);
      data.writeBigUInt64LE(value.data);
      return { number: TYPES.qword, data };
    }
    case "binary":
      return { number: TYPES.binary, data: value.data };
    case "other":
      return { number: value.number, data: value.data };
  }
}

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
