import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shQuote } from "./quote";

/**
 * The shell of this folder. In `prelude.sh` is what every session begins with, in the other files beside it are functions; a
 * session is sent those that it calls. TypeScript names functions and gives arguments, and holds no shell of its own.
 */

/** What is in a file of this folder, given without its extension. Read when it is first asked for. */
export function source(file: string): string {
  let text = sources.get(file);
  if (text === undefined) sources.set(file, (text = readFileSync(join(__dirname, `${file}.sh`), "utf8")));
  return text;
}
const sources = new Map<string, string>();

/** Without lines that are comments: nobody reads them where it is sent. */
export const withoutComments = (text: string): string => text.replace(/^[ \t]*#.*\n/gm, "");

/** The functions in a text by name, each from its name to the line that closes it; and the lines that are in none. */
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

/** The functions of all files beside this one. */
function library(): ReadonlyMap<string, string> {
  if (!loaded) {
    const files = readdirSync(__dirname).filter((file) => file.endsWith(".sh") && file !== "prelude.sh");
    const texts = files.map((file) => withoutComments(source(file.slice(0, -3))));
    loaded = new Map(texts.flatMap((text) => [...parseFunctions(text).functions]));
  }
  return loaded;
}
let loaded: ReadonlyMap<string, string> | undefined;

/** The definitions of the functions that a text names, directly or through others, but those in `sent`, which it adds them to. */
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
 * What is written onto hosts: files of a folder here, without the comment at the head of each, and the functions that they
 * call. The comments in between are for the administrator.
 */
export function hostScript(...files: readonly string[]): string {
  const text = files.map((file) => source(file).replace(/^(?:#.*\n)+\n/, "")).join("\n");
  const script = text.replace(/^[ \t]*# shellcheck .*\n/gm, "");
  return `${definitions(withoutComments(script))}\n${script}`;
}

/** Of such a script, what it takes to call one of its functions. */
export function partOf(script: string, entry: string): string {
  const { functions, others } = parseFunctions(withoutComments(script));
  const statements = others.filter((line) => line !== "").join("\n");
  return `${definitions(`${statements} ${entry}`, new Set(), functions)}${statements}\n`;
}

/** The lines of a file here that is one of a job's scripts, without comments. */
export const hostLines = (file: string): string[] => withoutComments(source(file)).trim().split("\n");

/** What every session begins with, and the functions that it and `text` call. */
export function prelude(text = "", sent?: Set<string>): string {
  const begin = withoutComments(source("prelude"));
  return definitions(begin + text, sent) + begin;
}

/** A call of a function of this folder: the one place where an argument is quoted for the shell. */
export function call(name: string, ...args: readonly (string | number)[]): string {
  return [name, ...args.map((arg) => shQuote(String(arg)))].join(" ");
}

/** One call after the other, up to the first that fails. */
export const calls = (...all: readonly string[]): string => all.join(" &&\n");
