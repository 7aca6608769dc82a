/** What a simple command of sh(1) becomes. */
export interface Command {
  words: string[];
  redirections: { descriptor: number; operator: ">" | ">>" | "<" | ">&"; target: string }[];
}

/** The variables that are known; of others nothing can be said. */
export type Variables = ReadonlyMap<string, string>;

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/**
 * The simple commands of a line, `;` and `&&` between them, quotes taken away and known variables in their place, split at
 * blanks where the shell would. Undefined for whatever is more than that.
 */
export function parseCommands(line: string, variables: Variables): Command[] | undefined {
  const commands: Command[] = [];
  let rest = line.trimStart();
  while (rest !== "") {
    const command: Command = { words: [], redirections: [] };
    let separator = "";
    while (rest !== "" && !separator) {
      const [redirection, digits, operator] = /^(\d?)(>>|>&|>|<)[ \t]*/.exec(rest) ?? [];
      const [ends] = /^(?:;|&&)/.exec(rest) ?? [];
      if (ends !== undefined) {
        separator = ends;
        rest = rest.slice(ends.length).trimStart();
      } else if (rest.startsWith("#")) rest = "";
      else {
        const word = takeWord(rest.slice(redirection?.length ?? 0), variables);
        if (!word) return undefined;
        const [target, ...more] = word.fields;
        if (operator === undefined) command.words.push(...word.fields);
        else if (target === undefined || more.length) return undefined;
        else {
          const descriptor = digits === "" || digits === undefined ? (operator === "<" ? 0 : 1) : Number(digits);
          command.redirections.push({
            descriptor,
            operator: operator as Command["redirections"][0]["operator"],
            target,
          });
        }
        rest = word.rest.trimStart();
      }
    }
    if (!command.words.length && !command.redirections.length) return undefined;
    commands.push(command);
    if (separator === "&&" && rest === "") return undefined;
  }
  return commands;
}

interface Taken {
  fields: string[];
  rest: string;
}

const PIECE =
  /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|\$(?:(\w+)|\{(\w+)\})|([^\s'"\\$`|&;<>()*?[\]#~{}!]+|(?!^)(?<![=:])[#~!])/y;

function takeWord(text: string, variables: Variables): Taken | undefined {
  const fields: string[] = [];
  let current: string | undefined;
  const add = (piece: string) => (current = (current ?? "") + piece);
  let at = 0;
  while (at < text.length && !/[\s;<>&]/.test(text[at]!)) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(text);
    if (!found) return undefined;
    const [, single, double, escaped, name, braced, plain] = found;
    const variable = name ?? braced;
    if (single !== undefined) add(single);
    else if (double !== undefined) {
      const value = expandQuoted(double, variables);
      if (value === undefined) return undefined;
      add(value);
    } else if (escaped !== undefined) add(escaped);
    else if (variable !== undefined) {
      const value = variables.get(variable);
      if (value === undefined || /[*?[]/.test(value)) return undefined;
      if (ASSIGNMENT.test(text)) add(value);
      else {
        value.split(/[ \t\n]+/).forEach((field, i) => {
          if (i > 0 && current !== undefined) fields.push(current);
          if (i > 0) current = undefined;
          if (field !== "") add(field);
        });
      }
    } else add(plain!);
    at = PIECE.lastIndex;
  }
  if (at === 0) return undefined;
  if (current !== undefined) fields.push(current);
  return { fields, rest: text.slice(at) };
}

/** The inside of double quotes; undefined where a command, or a variable that isn't known, would be put in. */
function expandQuoted(text: string, variables: Variables): string | undefined {
  let known = true;
  const value = text.replace(
    /\\([\\"$`])|\$(?:(\w+)|\{(\w+)\})|[$`]/g,
    (all, escaped?: string, name?: string, braced?: string) => {
      if (escaped !== undefined) return escaped;
      const found = variables.get(name ?? braced ?? "");
      known &&= found !== undefined;
      return found ?? all;
    },
  );
  return known ? value : undefined;
}
