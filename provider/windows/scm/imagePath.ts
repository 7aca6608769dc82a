import { splitArguments, splitCommandLine } from "../argv";

/** Where the program of a command line ends. Without quotes Windows tries each blank: the first part with an extension counts. */
function endOf(text: string): number {
  return text.startsWith('"') ? -1 : text.toLowerCase().search(/\.exe(?=\s|$)/);
}

/** The program of a command line, such as an image path. */
export function programOf(commandLine: string): string {
  return argvOf(commandLine)[0] ?? "";
}

/** The program and the arguments of a command line. */
export function argvOf(commandLine: string): string[] {
  const text = commandLine.trimStart();
  const end = endOf(text);
  return end === -1 ? splitCommandLine(text) : [text.slice(0, end + 4), ...splitArguments(text.slice(end + 4))];
}

/** A warning for a command line whose program stands without quotes and has a blank in its path. `what` it is: "its image path". */
export function unquotedWarning(what: string, commandLine: string): string | undefined {
  const program = programOf(commandLine);
  if (commandLine.trimStart().startsWith('"') || !program.includes(" ")) return undefined;
  return `${what} is not quoted (${commandLine}): Windows runs ${program.split(" ")[0]}.exe instead, if somebody puts a program there (CWE-428). Put the program between quotes`;
}
