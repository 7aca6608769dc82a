/** One argument for a POSIX shell, whatever is in it; plain words stay readable. A NUL can't be said in a shell at all. */
export function shQuote(text: string): string {
  if (text.includes("\0")) throw new TypeError("a shell argument can't hold a NUL character");
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
