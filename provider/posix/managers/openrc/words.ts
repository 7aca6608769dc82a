/**
 * The words of a line of sh(1), without quotes and backslashes. Undefined if the line has variables, redirections, patterns
 * or an open quote.
 */
export function parseWords(text: string): string[] | undefined {
  const words: string[] = [];
  const word = /[ \t\n]*((?:'[^']*'|"(?:[^"\\$`]|\\[^])*"|\\[^]|[^\s'"\\$`|&;<>()*?[\]#~{}!])+)/y;
  let end = 0;
  for (let found = word.exec(text); found; found = word.exec(text)) {
    words.push(unquote(found[1]!));
    end = word.lastIndex;
    if (end < text.length && !/[ \t\n]/.test(text[end]!)) return undefined;
  }
  return text.slice(end).trim() === "" ? words : undefined;
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
    (_, single?: string, double?: string, one?: string) =>
      single !== undefined
        ? single
        : double !== undefined
          ? double.replace(/\\([\\"$`\n])/g, (__, c: string) => (c === "\n" ? "" : c))
          : one === "\n"
            ? ""
            : (one ?? ""),
  );
}
