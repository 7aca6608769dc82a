import { BlockError } from "./block";

/** The variables of a block as lines of its batch file, and the folders that must be beside the file. */
export interface Written {
  lines: string[];
  folders: string[];
}

/** Characters that would not stand for themselves between quotes while delayed expansion is on. */
const NAMED: Readonly<Record<string, string>> = { '"': "!PBQ!", "^": "!PBC!", "!": "!PBE!", "%": "%%" };
/** How much of a value one line holds: cmd.exe accepts 8191 characters in all. */
const LONGEST = 7000;
/** Characters in the name of a folder, of which NTFS accepts 255 (in UTF-16), and other file systems less. */
const LONGEST_NAME = 50;

/**
 * Writes variables into a batch file, for a host that takes no environment. The file is ASCII, so no code page changes it. Text
 * outside of ASCII comes from the names of folders beside the file, because Windows has names in UTF-16 and `for` reads them as
 * they are. Special characters come from variables, which are replaced after cmd.exe has parsed the line.
 */
export function writeVariables(variables: Readonly<Record<string, string>>): Written {
  const folders: string[] = [];
  const named = (text: string): string => {
    const known = folders.findIndex((folder) => folder.slice(0, folder.lastIndexOf(".")) === text);
    const i = known === -1 ? folders.push(`${text}.${extension(folders.length)}`) - 1 : known;
    return `!PBU${i}!`;
  };
  const values = Object.entries(variables).flatMap(([name, value]) => setLines(name, piecesOf(value, named)));
  return {
    lines: [
      "@echo off",
      "setlocal EnableExtensions DisableDelayedExpansion",
      ...(folders.length === 0 ? [] : ['pushd "%~dp0"']),
      ...folders.map((_, i) => `for /d %%F in (*.${extension(i)}) do set "PBU${i}=%%~nF"`),
      ...(folders.length === 0 ? [] : ["popd"]),
      'set "PBQ=""',
      'set "PBC=^"',
      'set "PBE=!"',
      "setlocal EnableDelayedExpansion",
      ...values,
    ],
    folders,
  };
}

/** Three characters, as a short name has: a longer extension would match other folders too. */
function extension(i: number): string {
  if (i > 999) throw new BlockError("the definition has more text outside of ASCII than SSH can carry: use WinRM");
  return String(i).padStart(3, "0");
}

function piecesOf(value: string, named: (text: string) => string): string[] {
  const control = /[\0-\x08\x0a-\x1f]/.exec(value)?.[0];
  if (control !== undefined)
    throw new BlockError(
      `a value has a line break or another control character (code ${control.charCodeAt(0)}), which SSH can't carry to Windows: ${JSON.stringify(value)}`,
    );
  if (/\p{Surrogate}/u.test(value))
    throw new BlockError(`a value has half a character, which SSH can't carry: ${JSON.stringify(value)}`);
  return [...value.matchAll(/[\0-\x7f]|[^\0-\x7f]+/gu)].flatMap(([text]) => {
    if (text.charCodeAt(0) <= 0x7f) return [NAMED[text] ?? text];
    const characters = [...text];
    const count = Math.ceil(characters.length / LONGEST_NAME);
    return Array.from({ length: count }, (_, i) =>
      named(characters.slice(i * LONGEST_NAME, (i + 1) * LONGEST_NAME).join("")),
    );
  });
}

function setLines(name: string, pieces: readonly string[]): string[] {
  const lines = [""];
  for (const piece of pieces) {
    if (lines.at(-1)!.length + piece.length > LONGEST) lines.push("");
    lines[lines.length - 1] += piece;
  }
  return lines.map((text, i) => `set "${name}=${i === 0 ? "" : `!${name}!`}${text}"`);
}
