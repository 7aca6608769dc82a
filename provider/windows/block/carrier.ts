import { RUN, SYSTEM, type Script } from "./block";
import { writeVariables } from "./variables";

/** Each line is a variable with this name and a number. */
const LINE = "PBL";
/** The longest variable that cmd.exe lists in full. */
const LONGEST = 1000;

/** A script as the environment and the command line of one remote process. */
export interface Carried {
  environment: Record<string, string>;
  line: string;
}

/** Keeps users who are no administrators out of the folder of the running blocks. The group and the account are named by SID. */
export const PROTECT = `${SYSTEM}\\icacls.exe "${RUN}" /inheritance:r /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F"`;

/**
 * How a block travels to a host over WinRM. The request that creates the shell holds all of it, so half a block never runs. The
 * process writes the lines into a file and runs the file. `set PBL` lists the lines in order, and cmd.exe does not parse the
 * text that `for` inserts.
 */
export function carry(nonce: string, { lines, variables }: Script): Carried {
  const folder = `"${RUN}\\${nonce}"`;
  const file = `"${RUN}\\${nonce}\\op.cmd"`;
  const protect = `(if not exist "${RUN}\\" (mkdir "${RUN}"&${PROTECT} >nul))`;
  const write = `(for /f "tokens=1,* delims==" %a in ('set ${LINE}') do @echo %b>>${file})`;
  const parts = [protect, `mkdir ${folder}`, write, `call ${file}`, `rd /s /q ${folder}`];
  return {
    environment: { ...variables, ...Object.fromEntries(lines.map(variable)) },
    line: `C:\\Windows\\System32\\cmd.exe /d /s /c "${parts.join("&")}"`,
  };
}

function variable(text: string, i: number): [string, string] {
  // `echo` would read some of these as its own keywords.
  if (text.length > LONGEST || !/^[\x20-\x7e]+$/.test(text) || /^(=.*|\s.*|on|off)$/i.test(text))
    throw new Error(`a line of a block can't be sent: ${text}`);
  return [`${LINE}${String(i).padStart(4, "0")}`, text];
}

/** A block as a batch file that needs no environment, and the folders that must be beside it. */
export function asFile({ lines, variables }: Script): { text: string; folders: string[] } {
  const written = writeVariables(variables);
  return { text: [...written.lines, ...lines, ""].join("\r\n"), folders: written.folders };
}
