import type { Field } from "../../common/shell/expand";

/** Command line options of a program, by their long names, and what is left. */
export interface Options {
  given: ReadonlyMap<string, Field>;
  rest: Field[];
}

/**
 * Options as getopt_long(3) reads them. `names`: one letter or "" to long name; a long name that ends with `=` has an
 * argument. With `mixed` options may stand behind other words, up to `--`.
 */
export function readOptions(args: readonly Field[], names: readonly [string, string][], mixed = false): Options {
  const given = new Map<string, Field>();
  const rest: Field[] = [];
  const todo = [...args];
  for (let field = todo.shift(); field !== undefined; field = todo.shift()) {
    const { text } = field;
    if (text === "--" && field.unknown === undefined) {
      rest.push(...todo);
      break;
    }
    if (field.unknown !== undefined || !/^-./.test(text)) {
      rest.push(field);
      if (mixed) continue;
      rest.push(...todo);
      break;
    }
    if (text.startsWith("--")) {
      const [, name = "", value] = /^--([^=]+)(?:=([^]*))?$/.exec(text) ?? [];
      const long = names.map(([, candidate]) => candidate).find((candidate) => candidate.replace("=", "") === name);
      const argument = value === undefined && long?.endsWith("=") ? todo.shift() : { ...field, text: value ?? "" };
      given.set(name, argument ?? { text: "" });
      continue;
    }
    for (let at = 1; at < text.length; at++) {
      const long = names.find(([short]) => short === text[at])?.[1] ?? text[at]!;
      if (!long.endsWith("=")) {
        given.set(long, { text: "" });
        continue;
      }
      given.set(
        long.slice(0, -1),
        at + 1 < text.length ? { text: text.slice(at + 1) } : (todo.shift() ?? { text: "" }),
      );
      break;
    }
  }
  return { given, rest };
}
