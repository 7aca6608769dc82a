import { FOLDER, type Script } from "./block";

/** Lines are variables of this name and a number. */
const LINE = "PBL";
/** cmd.exe lists no longer variable whole. */
const LONGEST = 1000;

/** A script as the environment and the command line of one remote process. */
export interface Carried {
  environment: Record<string, string>;
  line: string;
}

/**
 * How a block gets to a host over WinRM: all of it is in the request that makes the shell, so that half of it never runs. The
 * process writes the lines into a file and runs that. `set PBL` lists them in their order, and what `for` puts into a line is not
 * taken apart again.
 */
export function carry(nonce: string, { lines, variables }: Script): Carried {
  const folder = `${FOLDER}\\run`;
  const file = `"${folder}\\op-${nonce}.cmd"`;
  const write = `(for /f "tokens=1,* delims==" %a in ('set ${LINE}') do @echo %b>>${file})`;
  const parts = [`(if not exist "${folder}\\" mkdir "${folder}")`, write, `call ${file}`, `del /q ${file}`];
  return {
    environment: { ...variables, ...Object.fromEntries(lines.map(variable)) },
    line: `C:\\Windows\\System32\\cmd.exe /d /s /c "${parts.join("&")}"`,
  };
}

function variable(text: string, i: number): [string, string] {
  // `echo` takes some of these for words of its own.
  if (text.length > LONGEST || !/^[\x20-\x7e]+$/.test(text) || /^(=.*|\s.*|on|off)$/i.test(text))
    throw new Error(`a line of a block can't be sent: ${text}`);
  return [`${LINE}${String(i).padStart(4, "0")}`, text];
}
