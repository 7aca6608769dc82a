/** A piece of a word: text, something that is expanded, or what we can't work out. `quoted`: it is not split into words. */
export type Part =
  | { kind: "text"; text: string; quoted: boolean }
  | { kind: "variable"; name: string; operator: string; operand: Word; quoted: boolean; source: string }
  | { kind: "command"; code: string; quoted: boolean; source: string }
  | { kind: "other"; quoted: boolean; source: string };

export interface Word {
  parts: Part[];
  /** As it stands in the text. */
  source: string;
}

/** A word, or an operator: a redirection has its descriptor, and `<<` has swallowed the text behind it. */
export type Token = { at: number; end: number } & (
  { kind: "word"; word: Word } | { kind: "operator"; text: string; descriptor?: number }
);

const OPERATORS = [
  "<<-",
  "&&",
  "||",
  ";;",
  ">>",
  ">&",
  "<&",
  ">|",
  "<>",
  "<<",
  "&>",
  "(",
  ")",
  "<",
  ">",
  ";",
  "&",
  "|",
];
const SPECIAL = "0123456789@*#?$!-";

/** The tokens of shell text, as sh(1) takes it apart ("Token Recognition" of POSIX). Throws on quotes that are not closed. */
export function tokens(text: string): Token[] {
  return new Lexer(text).tokens();
}

/** A text in which only `$` and backquotes mean something, as in an operand of `${…}`. */
class Lexer {
  private at = 0;

  constructor(private readonly text: string) {}

  tokens(): Token[] {
    const all: Token[] = [];
    const pending: { delimiter: string; tabs: boolean }[] = [];
    for (;;) {
      this.skip(/(?:[ \t]|\\\n)*/y);
      const at = this.at;
      if (at >= this.text.length) return all;
      if (this.skip(/#[^\n]*/y)) continue;
      if (this.text[at] === "\n") {
        this.at += 1;
        all.push({ kind: "operator", text: "\n", at, end: this.at });
        for (const { delimiter, tabs } of pending.splice(0)) this.hereDocument(delimiter, tabs);
        continue;
      }
      const descriptor = /\d+(?=[<>])/y;
      const number = this.match(descriptor);
      const operator = OPERATORS.find((candidate) => this.text.startsWith(candidate, this.at));
      if (operator === undefined) {
        all.push({ kind: "word", word: this.word(), at, end: this.at });
        continue;
      }
      this.at += operator.length;
      all.push({
        ...{ kind: "operator", text: operator, at, end: this.at },
        ...(number === "" ? {} : { descriptor: Number(number) }),
      });
      if (operator.startsWith("<<")) {
        this.skip(/[ \t]*/y);
        const delimiter = this.match(/[^ \t\n;&|<>()]+/y).replace(/['"\\]/g, "");
        pending.push({ delimiter, tabs: operator === "<<-" });
      }
    }
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private skip(pattern: RegExp): boolean {
    return this.match(pattern) !== "";
  }

  private hereDocument(delimiter: string, tabs: boolean): void {
    while (this.at < this.text.length) {
      const line = this.match(/[^\n]*/y);
      this.at += 1;
      if ((tabs ? line.replace(/^\t+/, "") : line) === delimiter) return;
    }
  }

  private word(): Word {
    const from = this.at;
    const parts: Part[] = [];
    while (this.at < this.text.length && !/[ \t\n;&|<>()]/.test(this.text[this.at]!)) this.piece(parts, false);
    return { parts, source: this.text.slice(from, this.at) };
  }

  /** One piece of a word, in double quotes or not. */
  private piece(parts: Part[], quoted: boolean): void {
    const char = this.text[this.at]!;
    if (char === "'" && !quoted) {
      const end = this.text.indexOf("'", this.at + 1);
      if (end < 0) throw new Error("a ' is not closed");
      parts.push({ kind: "text", text: this.text.slice(this.at + 1, end), quoted: true });
      this.at = end + 1;
    } else if (char === '"') {
      this.at += 1;
      parts.push({ kind: "text", text: "", quoted: true });
      while (this.text[this.at] !== '"') {
        if (this.at >= this.text.length) throw new Error('a " is not closed');
        this.piece(parts, true);
      }
      this.at += 1;
    } else if (char === "\\") {
      const next = this.text[this.at + 1] ?? "";
      const literal = quoted && !'$`"\\\n'.includes(next);
      if (next !== "\n") parts.push({ kind: "text", text: literal ? `\\${next}` : next, quoted: true });
      this.at += 2;
    } else if (char === "$") parts.push(this.dollar(quoted));
    else if (char === "`") parts.push(this.backquotes(quoted));
    else {
      const text = this.match(quoted ? /[^"\\$`]+/y : /[^ \t\n;&|<>()'"\\$`]+/y);
      parts.push({ kind: "text", text, quoted });
    }
  }

  private dollar(quoted: boolean): Part {
    const from = this.at;
    this.at += 1;
    const source = () => this.text.slice(from, this.at);
    if (this.text.startsWith("((", this.at)) {
      this.balanced("(", ")");
      return { kind: "other", quoted, source: source() };
    }
    if (this.text[this.at] === "(") {
      const code = this.balanced("(", ")");
      return { kind: "command", code, quoted, source: source() };
    }
    if (this.text[this.at] === "{") return this.braces(this.balanced("{", "}"), quoted, source());
    if (this.text[this.at] === "'" && !quoted) return { kind: "other", quoted, source: "$'" };
    const name = this.match(/[A-Za-z_]\w*/y) || (SPECIAL.includes(this.text[this.at] ?? " ") ? this.match(/./y) : "");
    if (name === "") return { kind: "text", text: "$", quoted };
    return { kind: "variable", name, operator: "", operand: NOTHING, quoted, source: source() };
  }

  private braces(inner: string, quoted: boolean, source: string): Part {
    const [, name, operator, rest] = /^(\w+|[@*#?$!-])(:?[-=+?]|%%?|##?|)([^]*)$/.exec(inner) ?? [];
    if (name === undefined || (operator === "" && rest !== "")) return { kind: "other", quoted, source };
    return { kind: "variable", name, operator: operator!, operand: operand(rest!), quoted, source };
  }

  private backquotes(quoted: boolean): Part {
    const from = this.at;
    const found = this.match(/`(?:[^`\\]|\\[^])*`/y);
    if (found === "") throw new Error("a ` is not closed");
    const code = found.slice(1, -1).replace(/\\([`\\$])/g, "$1");
    return { kind: "command", code, quoted, source: this.text.slice(from, this.at) };
  }

  /** What lies between a bracket and its counterpart; quotes are skipped. */
  private balanced(open: string, close: string): string {
    const from = this.at + 1;
    let depth = 0;
    do {
      const char = this.text[this.at];
      if (char === undefined) throw new Error(`a ${open} is not closed`);
      if (char === "\\") this.at += 1;
      else if (char === "'" || char === '"') this.piece([], false);
      if (char === open) depth += 1;
      if (char === close) depth -= 1;
      if (char !== "'" && char !== '"') this.at += 1;
    } while (depth > 0);
    return this.text.slice(from, this.at - 1);
  }

  /** All of the text is one word: blanks count. */
  whole(): Word {
    const parts: Part[] = [];
    while (this.at < this.text.length) {
      const blank = this.match(/[ \t\n;&|<>()]+/y);
      if (blank !== "") parts.push({ kind: "text", text: blank, quoted: false });
      else this.piece(parts, false);
    }
    return { parts, source: this.text };
  }
}

const NOTHING: Word = { parts: [], source: "" };

const operand = (text: string): Word => (text === "" ? NOTHING : new Lexer(text).whole());
