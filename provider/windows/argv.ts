import { trimEndOf } from "../../model/text";

/**
 * Arguments and command lines on Windows. Every program parses its own command line, and nearly all use these rules. See
 * CommandLineToArgvW and "Parsing C command-line arguments" in Microsoft's documentation.
 */

/** The command line for a program and its arguments. None may contain a NUL, and the program may not contain a quote. */
export function joinArgv([program = "", ...args]: readonly string[]): string {
  return [`"${program}"`, ...args.map(quoted)].join(" ");
}

/** The part of a command line after the program. */
export function joinArguments(args: readonly string[]): string {
  return args.map(quoted).join(" ");
}

/** Backslashes before a quote are doubled, and the quote is escaped by one more. Elsewhere a backslash stands for itself. */
function quoted(argument: string): string {
  if (argument !== "" && !/[\s"]/.test(argument)) return argument;
  const parts = argument.split('"').map((part) => part + "\\".repeat(part.length - trimEndOf(part, /\\/).length));
  return `"${parts.join('\\"')}"`;
}

/** The program and the arguments of a command line. A program ends at its closing quote or at the first space. */
export function splitCommandLine(line: string): string[] {
  const text = line.trimStart();
  const isQuoted = text.startsWith('"');
  const end = text.slice(1).search(isQuoted ? /"/ : /\s/);
  const program = text.slice(isQuoted ? 1 : 0, end === -1 ? undefined : end + 1);
  const rest = end === -1 ? "" : text.slice(end + (isQuoted ? 2 : 1));
  return text === "" ? [] : [program, ...splitArguments(rest)];
}

/** The arguments in the part of a command line after the program. */
export function splitArguments(line: string): string[] {
  const all: string[] = [];
  let [at, inQuotes, argument] = [0, false, undefined as string | undefined];
  const add = (text: string) => (argument = (argument ?? "") + text);
  while (at < line.length) {
    const backslashes = /^\\*/.exec(line.slice(at))![0].length;
    at += backslashes;
    const next = line[at];
    if (next === '"') {
      add("\\".repeat(backslashes >> 1));
      if (backslashes % 2 === 1) add('"');
      else if (inQuotes && line[at + 1] === '"') {
        add('"'); // two quotes inside quotes stand for one
        at++;
      } else inQuotes = !inQuotes;
    } else {
      if (backslashes > 0) add("\\".repeat(backslashes));
      if (next === undefined) break;
      if (inQuotes || (next !== " " && next !== "\t")) add(next);
      else if (argument !== undefined) {
        all.push(argument);
        argument = undefined;
      }
    }
    at++;
  }
  if (argument !== undefined) all.push(argument);
  return all;
}
