import { shQuote } from "../../shell/quote";

/** Variables in the syntax of sh(1): `NAME='value'`, one after the other; `export NAME='value'` with a prefix of "export ". */
export function formatAssignments(variables: Readonly<Record<string, string>>, prefix = ""): string {
  return Object.entries(variables)
    .map(([name, value]) => `${prefix}${name}=${shQuote(value)}\n`)
    .join("");
}

export interface Assignments {
  variables: Record<string, string>;
  /** Lines that assign nothing in the way we write it, by their number, from 1. */
  odd: { number: number; line: string }[];
}

// A value in single quotes, as shQuote writes it, or a plain word; an empty or comment line; any other line.
const ENTRY =
  /(?:export )?([A-Za-z_]\w*)=([\w@%+:,./-]*(?:(?:'[^']*'|\\')[\w@%+:,./-]*)*)[ \t]*(?:\n|$)|([ \t]*(?:#[^\n]*)?(?:\n|$))|[^\n]*(?:\n|$)/y;

/** Reads what {@link formatAssignments} wrote, and simple lines that somebody added. */
export function parseAssignments(text: string): Assignments {
  const variables = new Map<string, string>();
  const odd: Assignments["odd"] = [];
  let number = 1;
  for (let at = 0; at < text.length;) {
    ENTRY.lastIndex = at;
    const [all = "", name, value = "", blank] = ENTRY.exec(text) ?? [];
    if (name !== undefined) variables.set(name, unquote(value));
    else if (blank === undefined) odd.push({ number, line: all.replace(/\n$/, "") });
    number += all.split("\n").length - 1;
    at += all.length;
  }
  return { variables: Object.fromEntries(variables), odd };
}

/** The text that a word in single quotes, with `\'` between them, stands for. */
function unquote(word: string): string {
  return word.replace(/'([^']*)'|\\'/g, (_, inner?: string) => inner ?? "'");
}
