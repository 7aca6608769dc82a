import { expandText, expandWord, scopeOf, type Scope } from "../common/shell/expand";
import type { Word } from "../common/shell/lexer";
import { asAssignment, parseShell, type Redirection } from "../common/shell/syntax";

/** What a simple command of sh(1) becomes. Assignments before it are its first words. */
export interface Command {
  words: string[];
  redirections: { descriptor: number; operator: ">" | ">>" | "<" | ">&"; target: string }[];
}

/** The variables that are known; of others nothing can be said. */
export type Variables = ReadonlyMap<string, string>;

/**
 * The simple commands of a line, `;` and `&&` between them, quotes taken away and known variables in their place, split at
 * blanks where the shell would. Undefined for whatever is more than that.
 */
export function parseCommands(line: string, variables: Variables): Command[] | undefined {
  const scope = { ...scopeOf(variables), incomplete: true };
  try {
    return parseShell(line).flatMap(({ pipelines, background }) => {
      if (background) throw new NotSimple();
      return pipelines.map(({ join, negated, commands: [command, ...others] }) => {
        if (join === "||" || negated || others.length > 0 || command?.kind !== "simple") throw new NotSimple();
        const assigned = command.assignments.map(({ name, value }) => `${name}=${known(expandText(value, scope))}`);
        const [first] = command.words;
        const words = command.words.flatMap((word) => expand(word, first?.source === "export", scope));
        return {
          words: [...assigned, ...words],
          redirections: command.redirections.map((one) => redirect(one, scope)),
        };
      });
    });
  } catch {
    return undefined;
  }
}

/** It is more than a simple command, or nobody but the shell knows what it becomes. */
class NotSimple extends Error {}

function known({ text, unknown }: { text: string; unknown?: string }): string {
  if (unknown !== undefined) throw new NotSimple();
  return text;
}

function expand(word: Word, exported: boolean, scope: Scope): string[] {
  const assignment = exported ? asAssignment(word) : undefined;
  if (assignment) return [`${assignment.name}=${known(expandText(assignment.value, scope))}`];
  return expandWord(word, scope).map(known);
}

function redirect({ descriptor, operator, target }: Redirection, scope: Scope): Command["redirections"][number] {
  const [file, ...more] = expandWord(target, scope).map(known);
  const isPlain = operator === ">" || operator === ">>" || operator === "<" || operator === ">&";
  if (!isPlain || file === undefined || more.length > 0) throw new NotSimple();
  return { descriptor, operator, target: file };
}
