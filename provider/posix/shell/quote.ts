import type { Command } from "../../transports/transport";

/** One argument for a POSIX shell, whatever is in it; plain words stay readable. A NUL can't be said in a shell at all. */
export function shQuote(text: string): string {
  if (text.includes("\0")) throw new TypeError("a shell argument can't hold a NUL character");
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A program with its arguments, for the login shell of a POSIX host. */
export const shCommand = (...argv: string[]): Command => ({ argv, line: shWords(argv) });

/** Several, as words of one line. */
export function shWords(words: readonly string[]): string {
  return words.map(shQuote).join(" ");
}
