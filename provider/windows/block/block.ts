import { joinArguments } from "../argv";

/** A program in the host's system directory, and its arguments. */
export interface Command {
  /** File name, such as `reg.exe`. */
  program: string;
  args: readonly (string | Value)[];
  /** Exit codes that count as success. Default: 0. */
  ok?: readonly number[];
}

/** A text that must be in no file and on no command line of ours. It travels as a variable of the remote shell. */
export interface Value {
  value: string;
}

/** Writes the lines of a block that are more than one command. */
export interface Pen {
  /** An argument, quoted for a program. */
  argument(argument: string | Value): string;
  /** A text as it is, to stand between quotes. It must not contain a quote. */
  text(value: string): string;
  /** A command, with its output in the block's file; `ok` as in {@link Command}. */
  run(command: Command): string[];
  /** The same, whatever its exit code, which is left in R. */
  attempt(command: Omit<Command, "ok">): string[];
  /** Looks for a word of letters and digits in what the step has printed so far. R is 0 when it is there. */
  find(word: string): string[];
  /** A label that no other line has. */
  label(): string;
  /** The quoted path of the file with the output of the current step. */
  output: string;
  /** The quoted path of another file of the block, which is deleted with the block. */
  file(name: string): string;
}

/** Lines of a step: `set "RC=CODE" & goto :eof` ends the block with an exit code. */
export type Lines = (pen: Pen) => string[];

/** A part of a block, with a name for people. */
export interface Step {
  name: string;
  commands: readonly (Command | Lines)[];
}

/** Steps that one remote process carries out in order, up to the first that fails. */
export interface Block {
  /** A random text: the name of the folder with the block's files, and part of the lines that it prints for us. */
  nonce: string;
  /** The service that is locked while the block runs, by a file that only one process can open at a time. Default: none. */
  lock?: string;
  /** How long to wait for the lock, in seconds. */
  lockSeconds?: number;
  steps: readonly Step[];
}

/** A block in the form that is sent. */
export interface Script {
  /** Lines of a batch file, in ASCII. */
  lines: string[];
  /** The variables that the lines use. */
  variables: Record<string, string>;
}

/** The directory of our files. Only administrators can write in it. */
export const FOLDER = "%ProgramFiles%\\pulumi-bots";
/** The directory of the running blocks, each in a folder of its own. Only administrators can read in it. */
export const RUN = `${FOLDER}\\run`;
/** The file with the output of a step, in the folder of its block. */
export const OUTPUT = "out.txt";
export const SYSTEM = "%SystemRoot%\\System32";

/** The longest line of cmd.exe, which silently truncates longer ones. */
const LONGEST_LINE = 8191;

/** A block that can't be sent. */
export class BlockError extends Error {
  override name = "BlockError";
}

/**
 * A block as a batch file. Delayed expansion (`!V1!`) inserts the values after cmd.exe has parsed the line, so no character of
 * a value is special. See "setlocal" and "cmd" in Microsoft's documentation.
 */
export function render({ nonce, lock, lockSeconds = 60, steps }: Block): Script {
  const variables: Record<string, string> = {};
  const pen = penOf(variables, nonce);
  const mark = (words: string) => `echo #${nonce}#${words}#`;
  const step = ({ commands }: Step, i: number): string[] => [
    mark(`begin#${i}`),
    `break >${pen.output}`,
    ...commands.flatMap((command) => (typeof command === "function" ? command(pen) : pen.run(command))),
    mark(`end#${i}`),
  ];
  const lines = [
    "@echo off",
    "setlocal EnableExtensions EnableDelayedExpansion",
    'set "RC=busy"',
    "set /a WAITED=0",
    ":retry",
    // Such a call holds the file open, and exclusively. The kernel closes it, however this process ends.
    `call :work 2>${lock === undefined ? "nul" : `"${FOLDER}\\${fileName(lock)}.lock"`}`,
    'if not "!RC!"=="busy" goto end',
    "set /a WAITED+=1",
    `if !WAITED! GEQ ${lockSeconds} goto end`,
    PAUSE,
    "goto retry",
    ":work",
    'set "RC=0"',
    ...steps.flatMap(step),
    "goto :eof",
    ":end",
    `if exist ${pen.output} type ${pen.output}`,
    mark("done#!RC!"),
    "exit /b 0",
  ];
  for (const line of lines) check(line, variables);
  return { lines, variables };
}

/** Waits one second. timeout.exe needs a console, which a remote shell does not have. */
export const PAUSE = `<nul ${SYSTEM}\\ping.exe -n 2 127.0.0.1 >nul`;

function penOf(variables: Record<string, string>, nonce: string): Pen {
  const file: Pen["file"] = (name) => `"${RUN}\\${nonce}\\${name}"`;
  const output = file(OUTPUT);
  let labels = 0;
  const variable = (text: string) => {
    const name = `PBV${Object.keys(variables).length}`;
    variables[name] = text;
    return `!${name}!`;
  };
  const argument: Pen["argument"] = (given) =>
    typeof given === "string" ? joinArguments([given]) : variable(joinArguments([given.value]));
  const attempt: Pen["attempt"] = ({ program, args }) => [
    ["<nul", `${SYSTEM}\\${program}`, ...args.map(argument), `>>${output}`, "2>&1"].join(" "),
    'set "R=!ERRORLEVEL!"',
  ];
  return {
    argument,
    text: variable,
    attempt,
    run: ({ ok = [0], ...command }) => [
      ...attempt(command),
      `${ok.map((code) => `if not "!R!"=="${code}"`).join(" ")} (set "RC=!R!" & goto :eof)`,
    ],
    find: (word) => [`<nul ${SYSTEM}\\find.exe "${word}" ${output} >nul 2>nul`, 'set "R=!ERRORLEVEL!"'],
    label: () => `l${labels++}`,
    output,
    file,
  };
}

function check(line: string, variables: Readonly<Record<string, string>>): void {
  const length = line.replace(/!(\w+)!/g, (whole, name: string) => variables[name] ?? whole).length;
  if (length > LONGEST_LINE)
    throw new BlockError(`a command has ${length} characters, more than the ${LONGEST_LINE} that cmd.exe accepts`);
}

/** A service's name as a file name. Windows compares both without case. */
function fileName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_-]/g, (letter) => `~${letter.charCodeAt(0).toString(16)}`);
}

/** The result of a block, from its output. */
export interface Outcome {
  /** Another block holds the lock. */
  busy: boolean;
  /** The step that failed, with the exit code of its command. */
  failed?: { step: number; code: number };
  /** The output of the last step, and any other line of the host. */
  output: string;
}

/** A keyword and its value. Some hosts print the space that precedes a redirection. */
const MARK = /^(\w+)#([-\w]+)# *$/;

/** Reads the output of a block. Undefined when the block did not finish. */
export function readOutcome(nonce: string, printed: string): Outcome | undefined {
  const lines = printed.split(/\r?\n/);
  const head = `#${nonce}#`;
  const marked = lines.map((line) => (line.startsWith(head) ? MARK.exec(line.slice(head.length)) : null));
  const values = (word: string) => marked.flatMap((mark) => (mark?.[1] === word ? [mark[2]!] : []));
  const [code] = values("done");
  if (code === undefined) return undefined;
  const output = lines
    .filter((_, i) => !marked[i])
    .join("\n")
    .trim();
  if (code === "busy") return { busy: true, output };
  const step = Number(values("begin").at(-1) ?? 0);
  return { busy: false, ...(code === "0" ? {} : { failed: { step, code: Number(code) >>> 0 } }), output };
}
