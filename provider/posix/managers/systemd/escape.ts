/** Characters that a unit file can't contain: systemd skips the whole line. */
export const IMPOSSIBLE = /[\0\p{Cs}\p{Noncharacter_Code_Point}]/u;

const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r" };

const UNNAMED: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, s: 32 },
  ...{ "\\": 0x5c, '"': 0x22, "'": 0x27 },
};

/** Quotes `text` as one word. The quotes are those of systemd.syntax(7), the specifiers those of systemd.unit(5). */
export function quoteWord(text: string): string {
  const escaped = text.replace(/[\\"\x01-\x1f\x7f]/g, (c) => NAMED[c] ?? `\\x${hex(c)}`);
  return `"${escapeSpecifiers(escaped)}"`;
}

/** Quotes an argument of a command line, where systemd also expands variables (systemd.service(5), "Command lines"). */
export function quoteArgument(text: string): string {
  return quoteWord(text).replaceAll("$", "$$$$");
}

/** Doubles each `%`, for directives in which systemd expands specifiers. */
export function escapeSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

/** The inverse of `escapeSpecifiers`. Undefined if there is a real specifier. */
export function unescapeSpecifiers(text: string): string | undefined {
  return /%/.test(text.replaceAll("%%", "")) ? undefined : text.replaceAll("%%", "%");
}

/** The argument that systemd passes for a word of a command line. Undefined if systemd would expand a variable. */
export function unescapeVariables(word: string): string | undefined {
  if (/^\$(?!\$)/.test(word)) return undefined;
  if (/\$\{/.test(word.replaceAll("$$", ""))) return undefined;
  return word.replaceAll("$$", "$");
}

/** A word of a value: its source text and its meaning. */
export interface Word {
  raw: string;
  value: string;
}

/**
 * Splits a value into words as systemd does, and removes quotes and escapes (systemd.syntax(7)).
 * Undefined for everything that systemd warns about: open quotes, unknown escapes, invalid UTF-8.
 */
export function splitWords(text: string): Word[] | undefined {
  const words: Word[] = [];
  const word = /[^ \t\r\n]/g;
  for (let start = word.exec(text); start; start = word.exec(text)) {
    const read = readWord(text.slice(start.index));
    if (!read) return undefined;
    words.push(read);
    word.lastIndex = start.index + read.raw.length;
  }
  return words;
}

function readWord(text: string): Word | undefined {
  const parts: Uint8Array[] = [];
  const plain = /[^ \t\r\n\\"']+/y;
  let quote = "";
  let at = 0;
  while (at < text.length) {
    plain.lastIndex = at;
    const run = plain.exec(text)?.[0];
    const c = run ?? text[at]!;
    if (!quote && /[ \t\r\n]/.test(c[0]!)) break;
    const escape = c === "\\" ? unescapeOne(text.slice(at, at + 10)) : undefined;
    if (c === "\\" && !escape) return undefined;
    if (escape) parts.push(Uint8Array.from(escape.bytes));
    else if (quote ? c === quote : c === '"' || c === "'") quote = quote ? "" : c;
    else parts.push(Buffer.from(c));
    at += escape?.length ?? c.length;
  }
  const value = quote ? undefined : decode(Buffer.concat(parts));
  return value === undefined ? undefined : { raw: text.slice(0, at), value };
}

/** The escape sequence at the start of `text`: its bytes and its length. */
function unescapeOne(text: string): { bytes: Iterable<number>; length: number } | undefined {
  const named = UNNAMED[text[1] ?? ""];
  if (named !== undefined) return { bytes: [named], length: 2 };
  const digits = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))/.exec(text);
  if (!digits) return undefined;
  const [all, byte, short, long, octal] = digits;
  const code = octal ? parseInt(octal, 8) : parseInt(byte ?? short ?? long ?? "", 16);
  if (code === 0 || code > 0x10ffff) return undefined;
  const character = short ?? long;
  if (character && IMPOSSIBLE.test(String.fromCodePoint(code))) return undefined;
  return { bytes: character ? Buffer.from(String.fromCodePoint(code)) : [code], length: all.length };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function hex(c: string): string {
  return c.charCodeAt(0).toString(16).padStart(2, "0");
}
