import { shQuote } from "../../shell/quote";

/** Variables in the syntax of sh(1): a line `NAME='value'` for each, with `prefix` in front, such as "export ". */
export function formatAssignments(variables: Readonly<Record<string, string>>, prefix = ""): string {
  return Object.entries(variables)
    .map(([name, value]) => `${prefix}${name}=${shQuote(value)}\n`)
    .join("");
}

export interface Assignments {
  variables: Record<string, string>;
  /** Numbers, from 1, of the lines that are not assignments in our syntax. */
  odd: { number: number; line: string }[];
}

// A value in single quotes (see shQuote) or a plain word; an empty line or a comment; any other line.
const ENTRY =
  /(?:export )?([A-Za-z_]\w*)=([\w@%+:,./-]*(?:(?:'[^']*'|\\')[\w@%+:,./-]*)*)[ \t]*(?:\n|$)|([ \t]*(?:#[^\n]*)?(?:\n|$))|[^\n]*(?:\n|$)/y;

/** Reads the output of {@link formatAssignments}, and simple assignments that somebody added. */
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

/** The text of a single-quoted word, in which `\'` between the quotes is an apostrophe. */
function unquote(word: string): string {
  return word.replace(/'([^']*)'|\\'/g, (_, inner?: string) => inner ?? "'");
}
