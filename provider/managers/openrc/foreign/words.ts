/** Variables with the values that they have at a point of a script. */
export type Variables = ReadonlyMap<string, string>;

/** The simple command at the start of a text: its words, and where the next one begins. */
export interface Command {
  words: string[];
  /** Operators that followed: a redirection, a pipe, `&&`. */
  operator: string;
}

/**
 * The words of a simple command of sh(1), simple variables put in: `$NAME`, `${NAME}`, `${NAME:-other}`, and what an unset
 * one leaves. Undefined where only a shell could tell: command substitution, other expansions, patterns, an open quote.
 */
export function parseCommand(text: string, variables: Variables): Command | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === "\\" && text[at + 1] === "\n") at += 2;
    else if (/[ \t\n]/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else if (/[;|&<>()]/.test(c)) {
      if (word !== undefined) words.push(word);
      return { words, operator: text.slice(at).trim() };
    } else if (c === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (c === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return undefined;
      word = (word ?? "") + text.slice(at + 1, end);
      at = end + 1;
    } else if (c === '"') {
      const quoted = expand(text, at + 1, variables, '"');
      if (!quoted) return undefined;
      word = (word ?? "") + quoted.text;
      at = quoted.end + 1;
    } else if (c === "$") {
      const value = expandOne(text, at, variables);
      if (!value) return undefined;
      // Not in quotes: split into words.
      const parts = value.text.split(/[ \t\n]+/);
      if (parts.length === 1) word = value.text === "" ? word : (word ?? "") + value.text;
      else {
        const first = (word ?? "") + parts[0]!;
        const last = parts.at(-1)!;
        words.push(...[first, ...parts.slice(1, -1)].filter((part) => part !== ""));
        word = last === "" ? undefined : last;
      }
      at = value.end;
    } else if (c === "\\") {
      word = (word ?? "") + (text[at + 1] ?? "");
      at += 2;
    } else if (/[`*?[{}~]/.test(c)) {
      return undefined;
    } else {
      word = (word ?? "") + c;
      at++;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, operator: "" };
}

/** Text with variables put in, up to `until`, which is not in quotes. */
function expand(
  text: string,
  from: number,
  variables: Variables,
  until: string,
): { text: string; end: number } | undefined {
  let result = "";
  for (let at = from; at < text.length;) {
    const c = text[at]!;
    if (c === until) return { text: result, end: at };
    if (c === "`") return undefined;
    if (c === "\\") {
      const next = text[at + 1] ?? "";
      result += next === "\n" ? "" : /[$`"\\}]/.test(next) ? next : `\\${next}`;
      at += 2;
    } else if (c === "$") {
      const value = expandOne(text, at, variables);
      if (!value) return undefined;
      result += value.text;
      at = value.end;
    } else if (c === '"' && until === "}") {
      at++; // of "${NAME:-"other"}": takes nothing else along
    } else {
      result += c;
      at++;
    }
  }
  return undefined;
}

/** `$NAME` or `${NAME…}` at a place. */
function expandOne(text: string, at: number, variables: Variables): { text: string; end: number } | undefined {
  const plain = /^\$([A-Za-z_]\w*)/.exec(text.slice(at, at + 100));
  if (plain) return { text: variables.get(plain[1]!) ?? "", end: at + plain[0].length };
  const [all = "", name = "", colon, kind] = /^\$\{([A-Za-z_]\w*)(?:(:?)([-=+]))?/.exec(text.slice(at, at + 100)) ?? [];
  if (name === "") return /^\$(?![\w({@*#?!$-])/.test(text.slice(at, at + 2)) ? { text: "$", end: at + 1 } : undefined;
  const value = variables.get(name);
  const rest = at + all.length;
  if (kind === undefined) return text[rest] === "}" ? { text: value ?? "", end: rest + 1 } : undefined;
  const other = expand(text, rest, variables, "}");
  if (!other) return undefined;
  const isSet = value !== undefined && (value !== "" || !colon);
  const chosen = kind === "+" ? (isSet ? other.text : "") : isSet ? value : other.text;
  return { text: chosen, end: other.end + 1 };
}
