import type { Part, Word } from "./lexer";
import { parseShell } from "./syntax";

/** A word after expansion. `unknown` is the piece of it that only the script itself could work out. */
export interface Field {
  text: string;
  unknown?: string;
  /** It came out of a variable: the shell takes operators in it for plain characters. */
  expanded?: boolean;
}

/** What words are expanded with. A variable that is there without a text is one that can't be known. */
export interface Scope {
  variables: ReadonlyMap<string, Field>;
  /** `$0`, `$1` and so on, where they are known. */
  positional?: readonly Field[];
  /** Not every file that sets variables could be read: one that was never set may be set there. */
  incomplete: boolean;
  /** The path of a program, as the PATH of the script finds it. */
  find(program: string): string | undefined;
}

/** Variables whose values are known, and no more. */
export function scopeOf(variables: ReadonlyMap<string, string>): Scope {
  const fields = [...variables].map(([name, text]): [string, Field] => [name, { text }]);
  return { variables: new Map(fields), incomplete: false, find: () => undefined };
}

const PATTERN = /[*?]|\[.*\]/;

/** Set on every host before a script runs, to we don't know what. */
const OF_THE_CALLER = new Set([
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "PWD",
  "OLDPWD",
  "HOSTNAME",
  "RANDOM",
  "UID",
  "PPID",
]);

/** The fields that a word becomes: quotes gone, variables and simple commands in their place, split at blanks. */
export function expandWord(word: Word, scope: Scope): Field[] {
  const fields: Field[] = [];
  let current: Field | undefined;
  const add = (piece: Field) => {
    const unknown = current?.unknown ?? piece.unknown;
    const expanded = current?.expanded === true || piece.expanded === true;
    current = {
      text: (current?.text ?? "") + piece.text,
      ...(unknown !== undefined && { unknown }),
      ...(expanded && { expanded }),
    };
  };
  for (const part of word.parts) {
    if (part.kind === "variable" && part.name === "@" && part.operator === "" && scope.positional) {
      // Quotes around nothing but "$@" are no word when there is nothing.
      if (scope.positional.length <= 1 && current?.text === "") current = undefined;
      scope.positional.slice(1).forEach((field, i) => {
        if (i > 0 && current) fields.push(current);
        if (i > 0) current = undefined;
        add(field);
      });
      continue;
    }
    const value = expandPart(part, scope);
    if (!part.quoted && PATTERN.test(value.text)) {
      add({ text: "", unknown: word.source }); // which files there are, only the host knows
      continue;
    }
    if (part.quoted || part.kind === "text" || value.unknown !== undefined) {
      add(value);
      continue;
    }
    const pieces = value.text.split(/[ \t\n]+/);
    pieces.forEach((piece, i) => {
      if (i > 0 && current) fields.push(current);
      if (i > 0) current = undefined;
      if (piece !== "") add({ text: piece, expanded: true });
    });
  }
  if (current) fields.push(current);
  return fields;
}

/** The same where the shell splits nothing: in assignments, redirections and after `case`. */
export function expandText(word: Word, scope: Scope): Field {
  const pieces = word.parts.map((part) => expandPart(part, scope));
  const unknown = pieces.find((piece) => piece.unknown !== undefined)?.unknown;
  return { text: pieces.map(({ text }) => text).join(""), ...(unknown !== undefined && { unknown }) };
}

function expandPart(part: Part, scope: Scope): Field {
  switch (part.kind) {
    case "text":
      return part.text.startsWith("~") && !part.quoted ? { text: "", unknown: part.text } : { text: part.text };
    case "other":
      return { text: "", unknown: part.source };
    case "command":
      return expandCommand(part.code, scope) ?? { text: "", unknown: part.source };
    case "variable":
      return expandVariable(part, scope);
  }
}

function expandVariable(part: Part & { kind: "variable" }, scope: Scope): Field {
  const value = lookUp(part.name, scope);
  const { operator } = part;
  const withColon = operator.startsWith(":");
  if (value?.unknown !== undefined) return { text: "", unknown: value.unknown === "" ? part.source : value.unknown };
  const missing = value === undefined || (withColon && value.text === "");
  switch (operator.replace(":", "")) {
    case "":
      return value ?? { text: "" };
    case "-":
    case "=":
      return missing ? instead(part, scope) : value;
    case "+":
      return missing ? { text: "" } : instead(part, scope);
    case "?":
      return value ?? { text: "", unknown: part.source };
    default:
      return trim(value?.text ?? "", operator, expandText(part.operand, scope));
  }
}

/** The text that stands for a variable. With blanks in quotes of its own it would be split in parts alone. */
function instead({ operand, quoted, source }: Part & { kind: "variable" }, scope: Scope): Field {
  const mixed = operand.parts.some((part) => part.quoted) && /\s/.test(operand.source);
  return mixed && !quoted ? { text: "", unknown: source } : expandText(operand, scope);
}

function lookUp(name: string, scope: Scope): Field | undefined {
  const { positional } = scope;
  if (positional && /^\d$/.test(name)) return positional[Number(name)];
  if (positional && name === "*") {
    const unknown = positional.find((field) => field.unknown !== undefined);
    const text = positional.slice(1).map((field) => field.text);
    return unknown ?? { text: text.join(" ") };
  }
  if (positional && name === "#") return { text: String(positional.length - 1) };
  const isUnset = !scope.incomplete && /^[A-Za-z_]/.test(name) && !OF_THE_CALLER.has(name);
  return scope.variables.get(name) ?? (isUnset ? undefined : { text: "", unknown: "" });
}

/** `${X%pattern}` and the like. */
function trim(text: string, operator: string, pattern: Field): Field {
  if (pattern.unknown !== undefined) return pattern;
  const shortest = operator.length === 1;
  const inner = globPattern(pattern.text, shortest);
  if (operator.startsWith("#")) return { text: text.replace(new RegExp(`^(?:${inner})`), "") };
  for (let i = 0; i <= text.length; i++) {
    const at = shortest ? text.length - i : i;
    if (new RegExp(`^(?:${inner})$`).test(text.slice(at))) return { text: text.slice(0, at) };
  }
  return { text };
}

/** A pattern of the shell as a regular expression. */
export function globPattern(pattern: string, lazy = false): string {
  return pattern.replace(/\[!?[^\]]+\]|[^]/g, (piece) => {
    if (piece === "*") return lazy ? "[^]*?" : "[^]*";
    if (piece === "?") return "[^]";
    if (piece.length > 1) return piece.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return piece.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  });
}

/** Commands whose answer can be told without running them: names taken apart, text, and where a program lies. */
function expandCommand(code: string, scope: Scope): Field | undefined {
  let command;
  try {
    const [first, ...others] = parseShell(code);
    const [pipeline, ...more] = first?.pipelines ?? [];
    if (!pipeline || others.length + more.length > 0 || pipeline.commands.length > 1) return undefined;
    command = pipeline.commands[0];
  } catch {
    return undefined;
  }
  if (command?.kind !== "simple") return undefined;
  const fields = command.words.flatMap((word) => expandWord(word, scope));
  if (fields.some((field) => field.unknown !== undefined)) return undefined;
  const [program = "", ...args] = fields.map(({ text }) => text);
  const [first = "", second = ""] = args;
  if (first.startsWith("-") && !/^(?:which|command|type)$/.test(program)) return undefined;
  switch (program.replace(/^(?:\/usr)?\/bin\//, "")) {
    case "basename": {
      const base = first.replace(/\/+$/, "").replace(/^.*\//, "");
      return { text: second !== "" && base !== second && base.endsWith(second) ? base.slice(0, -second.length) : base };
    }
    case "dirname":
      return { text: /^(.+?)\/+[^/]+\/*$/.exec(first)?.[1] ?? (first.startsWith("/") ? "/" : ".") };
    case "echo":
      return args.join().includes("\\") ? undefined : { text: args.join(" ").replace(/\n+$/, "") };
    case "which":
    case "command":
    case "type": {
      const path = scope.find(args.at(-1) ?? "");
      return path === undefined ? undefined : { text: path };
    }
    default:
      return undefined;
  }
}
