import { joinArguments } from "../argv";

/** A program of the host's system folder with its arguments. */
export interface Command {
  /** Such as `reg.exe`. */
  program: string;
  args: readonly (string | Value)[];
  /** Exit codes that count as success. Default: 0. */
  ok?: readonly number[];
}

/** A text that stands in no file and on no command line of ours: it travels as a variable of the remote shell. */
export interface Value {
  value: string;
}

/** A part of a block, with a name for people. */
export interface Step {
  name: string;
  commands: readonly Command[];
}

/** Something that is carried out in one remote process, one step after the other, up to the first that fails. */
export interface Block {
  /** Random: names the block's files, and marks the lines that are ours in what it prints. */
  nonce: string;
  /** The service that is locked meanwhile: a file that two blocks can't have open at the same time. */
  lock: string;
  /** How long the lock is waited for, in seconds. */
  lockSeconds: number;
  steps: readonly Step[];
}

/** A block as it is sent. */
export interface Script {
  /** Lines of a batch file, in ASCII. */
  lines: string[];
  /** The variables that the lines use. */
  variables: Record<string, string>;
}

/** The folder of our files: only administrators can write there. */
export const FOLDER = "%ProgramFiles%\\pulumi-bots";
const SYSTEM = "%SystemRoot%\\System32";

/** cmd.exe takes no longer line, and cuts what is longer without a word. */
const LONGEST_LINE = 8191;

/** What can't be sent. */
export class BlockError extends Error {
  override name = "BlockError";
}

/**
 * A block as a batch file. Values are put into its lines by delayed expansion (`!V1!`), after cmd.exe has taken the line apart:
 * no character of theirs means anything to it. See "setlocal" and "cmd" in Microsoft's documentation.
 */
export function render({ nonce, lock, lockSeconds, steps }: Block): Script {
  const variables: Record<string, string> = {};
  const mark = (words: string) => `echo #${nonce}#${words}#`;
  const output = `"${FOLDER}\\run\\out-${nonce}.txt"`;
  const word = (argument: string | Value): string => {
    if (typeof argument === "string") return joinArguments([argument]);
    const name = `PBV${Object.keys(variables).length}`;
    variables[name] = joinArguments([argument.value]);
    return `!${name}!`;
  };
  const command = ({ program, args, ok = [0] }: Command): string[] => [
    checked(["<nul", `${SYSTEM}\\${program}`, ...args.map(word), `>>${output}`, "2>&1"].join(" "), variables),
    'set "R=!ERRORLEVEL!"',
    `${ok.map((code) => `if not "!R!"=="${code}"`).join(" ")} (set "RC=!R!" & goto :eof)`,
  ];
  const step = ({ commands }: Step, i: number): string[] => [
    mark(`begin#${i}`),
    `break >${output}`,
    ...commands.flatMap(command),
    mark(`end#${i}`),
  ];
  return {
    lines: [
      "@echo off",
      "setlocal EnableExtensions EnableDelayedExpansion",
      'set "RC=busy"',
      "set /a WAITED=0",
      ":retry",
      // Such a call holds the file open, and exclusively. The kernel closes it, however this process ends.
      `call :work 2>"${FOLDER}\\${lock}.lock"`,
      'if not "!RC!"=="busy" goto end',
      "set /a WAITED+=1",
      `if !WAITED! GEQ ${lockSeconds} goto end`,
      `<nul ${SYSTEM}\\ping.exe -n 2 127.0.0.1 >nul`,
      "goto retry",
      ":work",
      'set "RC=0"',
      ...steps.flatMap(step),
      "goto :eof",
      ":end",
      `if exist ${output} type ${output}`,
      `del /q ${output} 2>nul`,
      mark("done#!RC!"),
      "exit /b 0",
    ],
    variables,
  };
}

function checked(line: string, variables: Readonly<Record<string, string>>): string {
  const length = line.replace(/!(\w+)!/g, (whole, name: string) => variables[name] ?? whole).length;
  if (length <= LONGEST_LINE) return line;
  throw new BlockError(`a command has ${length} characters, and cmd.exe takes ${LONGEST_LINE}`);
}

/** What a block has said. */
export interface Outcome {
  /** Another block holds the lock. */
  busy: boolean;
  /** The step that failed, with the exit code of its command. */
  failed?: { step: number; code: number };
  /** What the last step printed, and what else the host says. */
  output: string;
}

/** A word and its value. Some hosts leave the blank that stands before a redirection. */
const MARK = /^(\w+)#([-\w]+)# *$/;

/** Reads what a block printed; undefined when it did not come to its end. */
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
