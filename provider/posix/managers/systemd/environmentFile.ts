/** Writes variables in the syntax of EnvironmentFile= (systemd.exec(5)), in double quotes, with literal newlines. */
export function formatEnvironmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value.replace(/[\\"$`]/g, "\\$&")}"\n`)
    .join("");
}

export interface EnvironmentFile {
  variables: Record<string, string>;
  /** Numbers of the lines that are not assignments in our syntax. Their text is left out, because the file holds secrets. */
  odd: number[];
}

// A variable in quotes or a plain word; an empty line or a comment; any other line.
const ENTRY =
  /([A-Za-z_]\w*)=(?:"([^"\\]*(?:\\[^][^"\\]*)*)"|([\w@%+:,./-]*))[ \t]*(?:\n|$)|([ \t]*(?:[#;][^\n]*)?(?:\n|$))|[^\n]*(?:\n|$)/y;

/** Reads the output of `formatEnvironmentFile`, and simple unquoted assignments that somebody added. */
export function parseEnvironmentFile(text: string): EnvironmentFile {
  const variables = new Map<string, string>();
  const odd: number[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    ENTRY.lastIndex = at;
    const [all = "", name, quoted, bare, blank] = ENTRY.exec(text) ?? [];
    if (name !== undefined) variables.set(name, bare ?? unescape(quoted ?? ""));
    else if (blank === undefined) odd.push(line);
    line += all.split("\n").length - 1;
    at += all.length;
  }
  return { variables: Object.fromEntries(variables), odd };
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(["\\$`\n])/g, (_, c: string) => (c === "\n" ? "" : c));
}
