const BLANK = /[ \t]/;

export interface Token {
  value: string;
  /** The position after the token. */
  end: number;
}

/**
 * Reads a token of init(5) of upstart, which ends at one of the `delimiters` outside of quotes. A newline in quotes or after
 * a backslash is one space. A backslash escapes only a backslash or a space. Undefined for an open quote.
 */
export function takeToken(text: string, start: number, delimiters: string, dequote: boolean): Token | undefined {
  let value = "";
  let blanks = "";
  let quote = "";
  let newline = false;
  let at = start;
  const add = (piece: string) => {
    value += (newline ? " " : blanks) + piece;
    blanks = "";
    newline = false;
  };
  for (; at < text.length; at++) {
    const c = text[at]!;
    const next = text[at + 1];
    if (c === "\\") {
      if (next === undefined) return undefined;
      if (next === "\n") newline = true;
      else if (next === "\\" || BLANK.test(next)) add(dequote ? next : c + next);
      else add(c + next);
      at++;
    } else if (quote && c === "\n") newline = true;
    else if (quote ? c === quote : c === '"' || c === "'") {
      quote = quote ? "" : c;
      add(dequote ? "" : c);
    } else if (!quote && delimiters.includes(c)) break;
    else if (BLANK.test(c)) blanks += c;
    else add(c);
  }
  return quote ? undefined : { value, end: at };
}

/** Quotes text as one token. It can't contain a newline. */
export function quoteToken(text: string): string {
  if (text.includes("\n")) throw new Error("a token of an upstart job can't hold a newline");
  if (/^[\w@%+:,./=-]+$/.test(text)) return text;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', `"'"'"`)}"`;
}
