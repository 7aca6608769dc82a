import type { Fields } from "../../../../model/step";
import { commandsOf, processesOf, type Process } from "./running";

/** What the script would run. */
export interface Expected {
  program?: string;
  /** All of argv, when it could be worked out; else `beginning` has as much of it as could. */
  command?: string[];
  beginning?: string[];
  /** Words that the program may have been given besides: operators out of a variable. */
  operators: string[];
  pidFile: string;
  /** Text in which the program is named, for a program that could not be worked out. */
  text: string;
}

export interface Found {
  process?: Process;
  /** What it runs. */
  command?: string[];
  /** Why it counts as stopped although there is a pid file. */
  reason?: string;
  warnings: string[];
}

/**
 * The daemon of a script, by what the kernel says: the process that the pid file names, if it runs the program, or else the
 * one with exactly the script's command line. Of two that run the program the command line tells: the pid file of a script that
 * looks for its program by name may have the pid of another service. Never by the short name of a process, never by the script's own word.
 */
export function findDaemon(fields: Fields, expected: Expected): Found {
  const processes = processesOf(fields);
  const pidFile = pidFileOf(fields, expected.pidFile);
  const named = processes.find(({ pid }) => pid === pidFile?.pid);
  const confirmed = named && commandBy(named, (command) => isProgram(command, expected));
  const asTold = confirmed && (!expected.command || isCommand(confirmed, expected));
  if (named && asTold) return { process: named, command: confirmed, warnings: [] };

  const candidates = processes.flatMap((process) => {
    const command = commandBy(process, (one) => isCommand(one, expected));
    return command ? [{ process, command }] : [];
  });
  // Workers have the command line of the daemon, which is their parent.
  const pids = new Set(candidates.map(({ process }) => process.pid));
  const [first, ...others] = candidates.filter(({ process }) => !pids.has(process.parent));
  const known = expected.command !== undefined;
  if (first && (others.length === 0 || known)) {
    const [oldest = first, ...younger] = [first, ...others].sort((a, b) => a.process.started - b.process.started);
    const copies = [oldest, ...younger].map(({ process }) => process.pid).join(", ");
    const warnings = others.length > 0 ? [`it runs more than once (pids ${copies})`] : [];
    if (confirmed) {
      warnings.push(
        `${pidFile!.path} names pid ${pidFile!.pid}, which runs the program with other arguments: not taken for this service`,
      );
    }
    return { ...oldest, warnings };
  }
  if (named && confirmed) return { process: named, command: confirmed, warnings: [] };

  const strangers = processes.filter(
    (one) => expected.program && commandsOf(one).some(([path]) => path === expected.program),
  );
  const warnings = strangers.map(
    ({ pid }) => `${expected.program} also runs with other arguments, as pid ${pid}: not taken for this service`,
  );
  if (first) warnings.push(`which of the pids ${[...pids].join(", ")} is this service can't be told`);
  if (pidFile?.pid === undefined) return { warnings };
  const reason = named
    ? `${pidFile.path} names pid ${pidFile.pid}, which is another program: ${shown(named)}`
    : `${pidFile.path} names pid ${pidFile.pid}, which is gone`;
  return { reason, warnings: named ? [reason, ...warnings] : warnings };
}

const commandBy = (process: Process, fits: (command: string[]) => boolean) => commandsOf(process).find(fits);

function isProgram([program = ""]: string[], expected: Expected): boolean {
  if (expected.program !== undefined) return program === expected.program;
  const base = program.slice(program.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  return base.length > 2 && expected.text.includes(base);
}

function isCommand(command: string[], expected: Expected): boolean {
  if (expected.program === undefined) return false;
  if (!expected.command) return (expected.beginning ?? []).every((word, i) => word === command[i]);
  const equals = (other: string[]) => JSON.stringify(command) === JSON.stringify(other);
  return (
    equals(expected.command) || (expected.operators.length > 0 && equals([...expected.command, ...expected.operators]))
  );
}

/** The program alone: arguments may be secret. */
const shown = (process: Process) => commandsOf(process)[0]![0]!;

/** /var/run is /run, on all hosts that have both. */
export const runPath = (path: string) => path.replace(/^\/var\/run\//, "/run/");

function pidFileOf(fields: Fields, path: string): { path: string; pid?: number } | undefined {
  for (const [key, value] of fields) {
    if (!/^foreign\.pidfile\.\d+\.path$/.test(key) || runPath(value) !== runPath(path)) continue;
    const pid = Number(fields.get(key.replace(/path$/, "pid")));
    return { path: value, ...(pid > 0 && { pid }) };
  }
  return undefined;
}
