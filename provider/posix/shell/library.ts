import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shQuote } from "./quote";

/**
 * The shell code of this directory. Every session begins with `prelude.sh`. The other files next to it hold functions, and a
 * session receives only those that it calls. TypeScript names functions and gives arguments, and contains no shell code.
 */

/** Returns the text that is cached under a key, and makes it the first time. */
function cached(texts: Map<string, string>, key: string, make: () => string): string {
  let text = texts.get(key);
  if (text === undefined) texts.set(key, (text = make()));
  return text;
}
const sources = new Map<string, string>();
const scripts = new Map<string, string>();
const parts = new Map<string, string>();

/** The content of a file in this directory, by its name without the extension. */
export const source = (file: string): string =>
  cached(sources, file, () => readFileSync(join(__dirname, `${file}.sh`), "utf8"));

/** Removes comment lines, which nobody would read on the host. */
export const withoutComments = (text: string): string => text.replace(/^[ \t]*#.*\n/gm, "");

/** The functions in a text by name, each from its name to its closing line, and the lines outside of functions. */
export function parseFunctions(text: string): { functions: Map<string, string>; others: string[] } {
  const functions = new Map<string, string>();
  const others: string[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, body] = /^(\w+)\(\) (.*)$/.exec(lines[at]!) ?? [];
    const begin = at;
    if (name === undefined) {
      others.push(lines[at]!);
      continue;
    }
    if (body === "{" || body === "(") while (at + 1 < lines.length && !/^[})]/.test(lines[at]!)) at++;
    functions.set(name, lines.slice(begin, at + 1).join("\n"));
  }
  return { functions, others };
}

/** The functions of all files in this directory. */
function library(): ReadonlyMap<string, string> {
  if (!loaded) {
    const files = readdirSync(__dirname).filter((file) => file.endsWith(".sh") && file !== "prelude.sh");
    const texts = files.map((file) => withoutComments(source(file.slice(0, -3))));
    loaded = new Map(texts.flatMap((text) => [...parseFunctions(text).functions]));
  }
  return loaded;
}
let loaded: ReadonlyMap<string, string> | undefined;

/** The definitions of all functions that a text calls, directly or indirectly, except those in `sent`, to which it adds them. */
export function definitions(text: string, sent = new Set<string>(), all = library()): string {
  const found: string[] = [];
  const visit = (part: string): void => {
    for (const [word] of part.matchAll(/\w+/g)) {
      const definition = sent.has(word) ? undefined : all.get(word);
      if (definition === undefined) continue;
      sent.add(word);
      found.push(definition);
      visit(definition);
    }
  };
  visit(text);
  return found.map((definition) => `${definition}\n`).join("");
}

/**
 * Code that is written onto hosts: files of a subdirectory, without the comment at the head of each, and the functions that
 * they call. Comments within the files stay, for the administrator.
 */
export function hostScript(...files: readonly string[]): string {
  return cached(scripts, files.join(" "), () => {
    const text = files.map((file) => source(file).replace(/^(?:#.*\n)+\n/, "")).join("\n");
    const script = text.replace(/^[ \t]*# shellcheck .*\n/gm, "");
    return `${definitions(withoutComments(script))}\n${script}`;
  });
}

/** The part of such a script that a session needs to call one of its functions. */
export function partOf(script: string, entry: string): string {
  return cached(parts, `${entry}\n${script}`, () => {
    const { functions, others } = parseFunctions(withoutComments(script));
    const statements = others.filter((line) => line !== "").join("\n");
    return `${definitions(`${statements} ${entry}`, new Set(), functions)}${statements}\n`;
  });
}

/** The lines of a file that becomes a script of an upstart job, without comments. */
export const hostLines = (file: string): string[] => withoutComments(source(file)).trim().split("\n");

/** The prelude, and the functions that it and `text` call. */
export function prelude(text = "", sent?: Set<string>): string {
  const begin = withoutComments(source("prelude"));
  return definitions(begin + text, sent) + begin;
}

/** A call of a function of this directory. This is the only place where arguments are quoted for the shell. */
export function call(name: string, ...args: readonly (string | number)[]): string {
  return [name, ...args.map((arg) => shQuote(String(arg)))].join(" ");
}

/** Calls in sequence, up to the first that fails. */
export const calls = (...all: readonly string[]): string => all.join(" &&\n");
