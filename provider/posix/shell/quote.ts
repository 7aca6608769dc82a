import type { Command } from "../../transports/transport";

/** Quotes an argument for a POSIX shell. Plain words stay as they are. No shell can represent a NUL. */
export function shQuote(text: string): string {
  if (text.includes("\0")) throw new TypeError("a shell argument can't hold a NUL character");
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line for the login shell of a POSIX host. */
export const shCommand = (...argv: string[]): Command => ({ argv, line: shWords(argv) });

/** Quotes several arguments as words of one line. */
export function shWords(words: readonly string[]): string {
  return words.map(shQuote).join(" ");
}
