import { expandWord, scopeOf } from "../../common/shell/expand";
import { tokens } from "../../common/shell/lexer";

/** Variables with the values that they have at a point of a script. */
export type Variables = ReadonlyMap<string, string>;

/** The simple command at the start of a text: its words, and where the next one begins. */
export interface Command {
  words: string[];
  /** What followed from the first operator on: a redirection, a pipe, `&&`. */
  operator: string;
}

/**
 * The words of a simple command of sh(1), with the variables put in; one that is not there is empty. Undefined where only a
 * shell could tell.
 */
export function parseCommand(text: string, variables: Variables): Command | undefined {
  const scope = scopeOf(variables);
  const words: string[] = [];
  try {
    for (const token of tokens(text)) {
      if (token.kind === "word") {
        const fields = expandWord(token.word, scope);
        if (fields.some(({ unknown }) => unknown !== undefined)) return undefined;
        words.push(...fields.map((field) => field.text));
      } else if (token.text !== "\n") return { words, operator: text.slice(token.at).trim() };
    }
  } catch {
    return undefined;
  }
  return { words, operator: "" };
}
