/**
 * Splits a line into a program and its arguments. Blanks separate; `'…'` and `"…"` keep what they enclose. A backslash is an
 * ordinary character, so Windows paths need no quotes. Undefined when a quote is not closed.
 */
export function splitCommand(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const char of line) {
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
      else word = `${word ?? ""}${char}`;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ""}${char}`;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** The line that {@link splitCommand} splits into these words. */
export const joinCommand = (words: readonly string[]): string => words.map(quoted).join(" ");

function quoted(word: string): string {
  if (word !== "" && !/[\s'"]/.test(word)) return word;
  const parts = word.match(/'+|[^']+/g) ?? [""];
  return parts.map((part) => (part.startsWith("'") ? `"${part}"` : `'${part}'`)).join("");
}
