import { parse } from "unbash";
import type { Command as Node } from "unbash";
import { expandAssignment, expandText, expandWord, type Context } from "../../importing/words";

/** A simple command of sh(1) after expansion. */
export interface Command {
  words: string[];
  redirections: { descriptor: number; operator: ">" | ">>" | "<" | ">&"; target: string }[];
}

/** The variables with known values. */
export type Variables = ReadonlyMap<string, string>;

/**
 * The simple commands of a line, separated by `;` and `&&`, with quotes removed, known variables expanded and words split as
 * the shell would. Undefined for anything more complex.
 */
export function parseCommands(line: string, variables: Variables): Command[] | undefined {
  try {
    const { commands, errors } = parse(line);
    if (errors?.length) return undefined;
    return commands.flatMap(({ command, background }) => {
      const parts = command.type === "AndOr" ? command.commands : [command];
      if (background === true || (command.type === "AndOr" && command.operators.includes("||"))) throw new NotSimple();
      return parts.map((part) => {
        if (part.type !== "Command" || part.prefix.length > 0) throw new NotSimple();
        return simple(part, contextOf(variables));
      });
    });
  } catch {
    return undefined;
  }
}

/** The line is more than simple commands, or its expansion is unknown. */
class NotSimple extends Error {}

function contextOf(variables: Variables): Context {
  const place = { file: "", line: 1 };
  const reason = (why: string) => ({ why, ...place });
  return {
    lookup: (name) => {
      const text = variables.get(name);
      return text === undefined ? { text: "", reason: reason("not set"), ...place } : { text, ...place };
    },
    ...{ positional: [], isBash: false, reason, value: (text: string) => ({ text, ...place }) },
    survey: () => {
      throw new NotSimple();
    },
  };
}

function simple(node: Node, context: Context): Command {
  const command: Command = { words: [], redirections: [] };
  for (const part of [...(node.name ? [node.name] : []), ...node.suffix]) {
    if (part.type === "Word") command.words.push(...expandWord(part, context).map(known));
    else if (part.type === "Assignment") command.words.push(known(expandAssignment(part, context)));
    else if (part.type === "Redirect" && part.target && part.descriptor?.type !== "FileDescriptorVariable") {
      const { operator, descriptor, target } = part;
      if (operator !== ">" && operator !== ">>" && operator !== "<" && operator !== ">&") throw new NotSimple();
      const usual = operator === "<" ? 0 : 1;
      const text = known(expandText(target, context));
      command.redirections.push({ descriptor: descriptor?.value ?? usual, operator, target: text });
    } else throw new NotSimple();
  }
  return command;
}

function known({ text, reason }: { text: string; reason?: unknown }): string {
  if (reason !== undefined) throw new NotSimple();
  return text;
}
