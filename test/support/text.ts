import fc from "fast-check";

/** Any code point except surrogates. fast-check's own `unit: "binary"` takes a second of CPU in each file to prepare. */
export const codePoint = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  .map((number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800));
