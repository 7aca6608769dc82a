import { splitCommandLine } from "../argv";

/** The program of an image path. Without quotes Windows tries each blank as its end: the first part with an extension counts. */
export function programOf(imagePath: string): string {
  const text = imagePath.trimStart();
  const end = text.startsWith('"') ? -1 : text.toLowerCase().search(/\.exe(?=\s|$)/);
  return end === -1 ? (splitCommandLine(text)[0] ?? "") : text.slice(0, end + 4);
}

/** A warning for a program that stands without quotes and has a blank in its path. */
export function unquotedWarning(imagePath: string): string | undefined {
  const program = programOf(imagePath);
  if (imagePath.trimStart().startsWith('"') || !program.includes(" ")) return undefined;
  return `its image path is not quoted (${imagePath}): Windows runs ${program.split(" ")[0]}.exe instead, if somebody puts a program there (CWE-428). Put the program between quotes`;
}
