import type { Lines, Pen } from "../block/block";
import { keyPath, value } from "../scm/steps";
import { powerShell } from "./powershell";

/** What a block of reads has printed, by the word that each part was given. */
export type Parts = ReadonlyMap<string, { code: number; lines: string[] }>;

/** Runs programs, whose output and exit code are a part each. */
export interface Reading {
  word: string;
  lines: (pen: Pen) => string[];
}

export function program(word: string, name: string, ...args: Parameters<Pen["argument"]>[0][]): Reading {
  return { word, lines: (pen) => pen.attempt({ program: name, args }) };
}

/** Writes a key with all below it into a file of the block. */
export function exported(path: string, file: string): Reading {
  const lines = (pen: Pen) => {
    const [key, to] = [pen.argument(keyPath(path)), pen.file(file)];
    return [`<nul %SystemRoot%\\System32\\reg.exe export ${key} ${to} /y >nul 2>nul`, 'set "R=!ERRORLEVEL!"'];
  };
  return { word: file, lines };
}

export const asked = (word: string, commands: string): Reading =>
  program(word, "WindowsPowerShell\\v1.0\\powershell.exe", ...powerShell(commands).map((arg) => value(arg)));

/** All readings as one command of a step. A line marks the end of each part. */
export function readings(nonce: string, all: readonly Reading[]): Lines {
  return (pen) => all.flatMap(({ word, lines }) => [...lines(pen), `echo ${mark(nonce)}${word}@!R!@>>${pen.output}`]);
}

/** Not in the form of the marks of a block, which are no output. */
const mark = (nonce: string) => `@${nonce}@`;

export function partsOf(nonce: string, output: string): Parts {
  const parts = new Map<string, { code: number; lines: string[] }>();
  let lines: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    const at = line.indexOf(mark(nonce));
    if (at === -1) {
      lines.push(line);
      continue;
    }
    const [word = "", code = ""] = line.slice(at + mark(nonce).length).split("@");
    if (at > 0) lines.push(line.slice(0, at)); // the output did not end with a line break
    parts.set(word, { code: Number(code), lines });
    lines = [];
  }
  return parts;
}
