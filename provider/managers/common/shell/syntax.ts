import { tokens, type Token, type Word } from "./lexer";

export interface Redirection {
  operator: string;
  descriptor: number;
  target: Word;
}

type Bare =
  | { kind: "simple"; assignments: { name: string; value: Word }[]; words: Word[]; redirections: Redirection[] }
  | { kind: "if"; branches: { condition: List; body: List }[]; otherwise: List }
  | { kind: "case"; word: Word; branches: { patterns: Word[]; body: List }[] }
  | {
      kind: "loop";
      condition: List;
      variable: string | undefined;
      words: Word[];
      body: List;
      redirections: Redirection[];
    }
  | { kind: "group"; body: List; subshell: boolean; redirections: Redirection[] }
  | { kind: "function"; name: string; body: Command };

/** A command of the shell. `source` is how it stands in the text. */
export type Command = Bare & { source: string };

/** `a && b || c &`: pipelines with what stands before each. */
export interface AndOr {
  pipelines: { join: "" | "&&" | "||"; negated: boolean; commands: Command[] }[];
  background: boolean;
}

export type List = AndOr[];

/** What shell text says, by the grammar of POSIX ("Shell Command Language"), as far as init scripts use it. */
export function parseShell(text: string): List {
  return new Parser(text).script();
}

const CLOSING = new Set(["then", "else", "elif", "fi", "do", "done", "esac", "}"]);

class Parser {
  private readonly tokens: Token[];
  private at = 0;

  constructor(private readonly text: string) {
    this.tokens = tokens(text);
  }

  script(): List {
    const list = this.list();
    if (this.at < this.tokens.length) this.fail();
    return list;
  }

  private fail(): never {
    const token = this.tokens[this.at];
    const before = this.text.slice(0, token?.at ?? this.text.length);
    const what = token === undefined ? "its end" : JSON.stringify(this.text.slice(token.at, token.end));
    throw new Error(`line ${before.split("\n").length}: ${what} is not expected there`);
  }

  private get operator(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === "operator" ? token.text : undefined;
  }

  /** The next word when it is a plain one, as reserved words are. */
  private get plain(): string | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== "word") return undefined;
    return /^[\w{}!.+-]+$/.test(token.word.source) || token.word.source === "[[" ? token.word.source : undefined;
  }

  private take(text: string): boolean {
    if (this.operator !== text && this.plain !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail();
  }

  private newlines(): void {
    while (this.operator === "\n") this.at += 1;
  }

  private word(): Word {
    const token = this.tokens[this.at];
    if (token?.kind !== "word") this.fail();
    this.at += 1;
    return token.word;
  }

  private list(): List {
    const list: List = [];
    for (;;) {
      while (this.operator === "\n" || this.operator === ";") this.at += 1;
      const ends = this.tokens[this.at] === undefined || this.operator === ")" || this.operator === ";;";
      if (ends || CLOSING.has(this.plain ?? "")) return list;
      list.push(this.andOr());
    }
  }

  private andOr(): AndOr {
    const pipelines: AndOr["pipelines"] = [];
    let join: "" | "&&" | "||" = "";
    for (;;) {
      const negated = this.take("!");
      const commands = [this.command()];
      while (this.take("|")) {
        this.newlines();
        commands.push(this.command());
      }
      pipelines.push({ join, negated, commands });
      if (this.operator !== "&&" && this.operator !== "||") break;
      join = this.operator;
      this.at += 1;
      this.newlines();
    }
    const background = this.take("&");
    const ends = [undefined, "\n", ";", ";;", ")"].includes(this.operator);
    if (!background && !ends) this.fail();
    return { pipelines, background };
  }

  private command(): Command {
    const from = this.tokens[this.at]?.at ?? this.fail();
    const command = this.compound() ?? this.definition() ?? this.simple();
    const source = this.text.slice(from, this.tokens[this.at - 1]?.end).replace(/\\\n\s*/g, "");
    return { ...command, source };
  }

  private compound(): Bare | undefined {
    if (this.operator === "(") {
      this.at += 1;
      const body = this.list();
      this.expect(")");
      return { kind: "group", body, subshell: true, redirections: this.redirections() };
    }
    switch (this.plain) {
      case "{": {
        this.at += 1;
        const body = this.list();
        this.expect("}");
        return { kind: "group", body, subshell: false, redirections: this.redirections() };
      }
      case "if":
        return this.conditional();
      case "case":
        return this.choice();
      case "while":
      case "until":
      case "for":
        return this.loop();
      default:
        return undefined;
    }
  }

  private conditional(): Bare {
    const branches: { condition: List; body: List }[] = [];
    while (this.take("if") || this.take("elif")) {
      const condition = this.list();
      this.expect("then");
      branches.push({ condition, body: this.list() });
    }
    const otherwise = this.take("else") ? this.list() : [];
    this.expect("fi");
    this.redirections();
    return { kind: "if", branches, otherwise };
  }

  private choice(): Bare {
    this.at += 1;
    const word = this.word();
    this.newlines();
    this.expect("in");
    const branches: { patterns: Word[]; body: List }[] = [];
    for (;;) {
      this.newlines();
      if (this.take("esac")) return { kind: "case", word, branches };
      this.take("(");
      const patterns = [this.word()];
      while (this.take("|")) patterns.push(this.word());
      this.expect(")");
      branches.push({ patterns, body: this.list() });
      if (!this.take(";;") && this.plain !== "esac") this.fail();
    }
  }

  private loop(): Bare {
    const words: Word[] = [];
    let variable: string | undefined;
    let condition: List = [];
    if (this.take("for")) {
      variable = this.word().source;
      this.newlines();
      if (this.take("in")) while (this.tokens[this.at]?.kind === "word") words.push(this.word());
      this.list();
    } else {
      this.at += 1;
      condition = this.list();
    }
    this.expect("do");
    const body = this.list();
    this.expect("done");
    return { kind: "loop", condition, variable, words, body, redirections: this.redirections() };
  }

  private definition(): Bare | undefined {
    const keyword = this.plain === "function";
    const name = this.tokens[this.at + (keyword ? 1 : 0)];
    const next = this.tokens[this.at + (keyword ? 2 : 1)];
    const brackets = next?.kind === "operator" && next.text === "(";
    if (name?.kind !== "word" || !(keyword || brackets)) return undefined;
    this.at += keyword ? 2 : 1;
    if (this.take("(")) this.expect(")");
    this.newlines();
    return { kind: "function", name: name.word.source, body: this.command() };
  }

  private redirections(): Redirection[] {
    const all: Redirection[] = [];
    for (let found = this.redirection(); found; found = this.redirection()) all.push(found);
    return all;
  }

  private redirection(): Redirection | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator" || !/[<>]/.test(token.text)) return undefined;
    this.at += 1;
    const descriptor = token.descriptor ?? (token.text.startsWith("<") ? 0 : 1);
    // The delimiter of a here-document went with its text.
    const target = token.text.startsWith("<<") ? { parts: [], source: "" } : this.word();
    return { operator: token.text, descriptor, target };
  }

  private simple(): Bare {
    const assignments: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.redirection();
      if (redirection) {
        redirections.push(redirection);
        continue;
      }
      if (this.tokens[this.at]?.kind !== "word") break;
      const word = this.word();
      const assignment = words.length === 0 ? asAssignment(word) : undefined;
      if (assignment) assignments.push(assignment);
      else words.push(word);
    }
    if (assignments.length + words.length + redirections.length === 0) this.fail();
    return { kind: "simple", assignments, words, redirections };
  }
}

/** `NAME=value` as what it is. */
export function asAssignment({ parts, source }: Word): { name: string; value: Word } | undefined {
  const [first, ...rest] = parts;
  if (first?.kind !== "text" || first.quoted) return undefined;
  const [, name, text] = /^([A-Za-z_]\w*)=([^]*)$/.exec(first.text) ?? [];
  if (name === undefined) return undefined;
  const value = { parts: [{ ...first, text: text! }, ...rest], source: source.slice(name.length + 1) };
  return { name, value };
}
