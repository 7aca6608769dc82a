import {
  hasCommand,
  isDisguised,
  isGeneric,
  isInterpreter,
  isOtherCall,
  isShell,
  programWords,
  runsProgram,
} from "./command";
import { pidFileEvidence, type PidFile, type PidFileEvidence } from "./pidFile";
import { topmost, type Process, type Table } from "./table";

/** What a definition that is somebody else's says of its process, as far as it is certain. */
export interface Expected {
  /** Absolute paths. Empty: not known. */
  programs: readonly string[];
  command?: readonly string[];
  pidFiles: readonly string[];
  /** Files in which such a service has its pid by custom. They count only where they name a process of the program. */
  usualPidFiles?: readonly string[];
  /** The user that it surely changes to; `uid` is missing where the host does not know the user by /etc/passwd. */
  user?: { name: string; uid?: number };
  /** It may start another program, or several. */
  ambiguous: boolean;
}

/** What is known of a program as a file. */
export interface ProgramFile {
  /** `DEVICE:INODE`. */
  inode: string;
  /** Of a script: what its first line names. */
  interpreter?: string;
}

/** What the host shows. */
export interface Seen {
  table: Table;
  /** By path; missing when there is none. */
  pidFiles: ReadonlyMap<string, PidFile>;
  /** Was a path looked at? Only certain ones were known when the host was asked. */
  lookedAt: (path: string) => boolean;
  programFiles: ReadonlyMap<string, ProgramFile>;
  /** The start of the script itself has not come to its end: this process. */
  starting?: Process | undefined;
  /** On a host with systemd, the unit that stands for the script. */
  unit?: string | undefined;
}

export interface Judgement {
  /** `failed`: the service manager of the host says so. */
  status: "running" | "stopped" | "failed" | "unknown";
  process?: Process;
  /** For people. Of `unknown`: all that is in the way of knowing. */
  reason?: string;
  /** Of `unknown`: nothing at all was found, which does not prove that there is nothing. */
  nothingFound?: true;
  warnings: string[];
}

const pids = (processes: readonly Process[]) => processes.map(({ pid }) => pid).join(", ");

/**
 * Which process a service is, from strong evidence to weak: a pid file that its definition names; then a process that runs
 * what it starts. What contradicts itself, and what would not show, is `unknown`: two copies are worse than none changed.
 */
export function judge(expected: Expected, seen: Seen): Judgement {
  const { table } = seen;
  const programs = expected.programs;
  const uid = expected.user?.uid;
  const mine = [...table.processes.values()].filter(({ contained }) => !contained);
  const runs = (process: Process) =>
    programs.some((program) => runsProgram(process, program, seen.programFiles.get(program)?.inode)) ||
    (expected.command !== undefined && hasCommand(process, expected.command));
  const running = mine.filter(runs);
  const others =
    uid === undefined
      ? []
      : running.filter((process) => process.uid !== undefined && process.uid !== uid && process.uid !== 0);
  const elsewhere = running.filter((process) => isOfAnother(process, expected, seen));
  const candidates = running.filter(
    (process) => !others.includes(process) && !elsewhere.some((top) => isWithin(top, process, table)),
  );

  const files = [...new Set(expected.pidFiles)].map((path): PidFileEvidence => {
    const isProgram = (process: Process) => candidates.includes(process);
    return pidFileEvidence(path, seen.pidFiles.get(path), { table, isProgram, uid });
  });
  const named = topmost(uniqueOf(files.flatMap((file) => (file.kind === "names" ? [file.process] : []))), table);
  const doubts = files.flatMap((file) => (file.kind === "doubtful" ? [file.reason] : []));
  const tops = topmost(candidates, table);
  const exact = topmost(expected.command ? candidates.filter((one) => hasCommand(one, expected.command!)) : [], table);
  const warnings = others.map(
    ({ pid, uid: other }) =>
      `pid ${pid} runs the same program as another user (uid ${other}); it does not count as this service`,
  );
  const unknown = (...reasons: string[]): Judgement => ({ status: "unknown", reason: reasons.join("; "), warnings });
  const isRunning = (process: Process, more: string[] = []): Judgement => ({
    status: "running",
    process,
    warnings: [...warnings, ...more],
  });

  if (named.length > 1) return unknown(`its pid files name two processes: pids ${pids(named)}`);
  const [main] = named;
  if (main) {
    const copies = exact.filter((one) => one.pid !== main.pid && topmost([main, one], table).length > 1);
    if (doubts.length > 0 && !candidates.includes(main)) return unknown(...doubts);
    return isRunning(
      main,
      copies.length > 0 ? [`it runs more than once: pid ${main.pid}, and also ${pids(copies)}`] : [],
    );
  }
  if (doubts.length > 0) return unknown(...doubts, ...tops.map((one) => `pid ${one.pid} runs ${programWords(one)}`));
  const silent = files.flatMap((file) => (file.kind === "nothing" ? [file.reason] : []));
  const reused = files.some((file) => file.kind === "nothing" && file.reused);
  if (reused && tops.length > 0) return unknown(...silent, `pid ${pids(tops)} runs its program`);

  const byCustom = candidates.filter((process) =>
    (expected.usualPidFiles ?? []).some((path) => {
      return pidIn(seen.pidFiles.get(path)?.text ?? "") === process.pid;
    }),
  );
  if (byCustom.length === 1 && silent.length === 0) return isRunning(byCustom[0]!);
  if (exact.length > 1)
    return unknown(`its command line runs more than once (pids ${pids(exact)}), and no pid file tells which one it is`);
  const [found = tops[0], another] = exact.length > 0 ? exact : tops;
  if (found && another)
    return unknown(
      `${programWords(found)} runs more than once (pids ${pids(tops)}), and no pid file tells which one is this service`,
    );
  if (found) return judgeFound(found, exact.length > 0, expected, seen, silent, { unknown, isRunning });
  const none = judgeNone(expected, seen, silent, mine, unknown, warnings);
  return none.status === "unknown" && seen.starting === undefined ? { ...none, nothingFound: true } : none;
}

/** Is a process the other one, or was it started by it? */
function isWithin(top: Process, process: Process, table: Table): boolean {
  if (top.pid === process.pid) return true;
  const [first, ...more] = topmost([top, process], table);
  return first === top && more.length === 0;
}

/**
 * Another service of the same program, such as a second Bots environment: called with other arguments than ours certainly has,
 * and named by a pid file that is not ours. The one alone proves nothing: programs call themselves again, and a pid file may
 * lie where a configuration says.
 */
function isOfAnother(process: Process, { command, pidFiles, usualPidFiles = [] }: Expected, seen: Seen): boolean {
  if (command === undefined || !isOtherCall(process, command)) return false;
  return [...seen.pidFiles.values()].some((file) => {
    if (pidFiles.includes(file.path) || usualPidFiles.includes(file.path)) return false;
    const said = pidFileEvidence(file.path, file, { table: seen.table, isProgram: () => false });
    return said.kind === "names" && said.process.pid === process.pid;
  });
}

const pidIn = (text: string) => (/[^\d\s]/.test(text) ? undefined : Number.parseInt(text, 10));

/** One process runs the program, and no pid file names it. */
function judgeFound(
  found: Process,
  isExact: boolean,
  expected: Expected,
  seen: Seen,
  silent: readonly string[],
  { unknown, isRunning }: { unknown: (...reasons: string[]) => Judgement; isRunning: (process: Process) => Judgement },
): Judgement {
  const it = `pid ${found.pid} runs ${programWords(found)}`;
  if (seen.unit !== undefined && found.unit !== undefined && found.unit !== seen.unit) {
    return unknown(...silent, `${it} in the control group of ${found.unit}: it may be that service`);
  }
  if (expected.user === undefined && found.uid !== undefined && found.uid !== 0) {
    return unknown(
      ...silent,
      `${it} as uid ${found.uid}, and the script does not say that it starts it as that user: it may be somebody else's`,
    );
  }
  if (isExact) return isRunning(found);
  if (expected.command && (silent.length > 0 || isOtherCall(found, expected.command))) {
    return unknown(...silent, `${it}, with other arguments than the script gives it: it may be another service`);
  }
  if (silent.length > 0 && expected.ambiguous) return unknown(...silent, `${it}: it may be another service`);
  return isRunning(found);
}

/** Nothing was found: stopped, if it would have been found. */
function judgeNone(
  expected: Expected,
  seen: Seen,
  silent: readonly string[],
  mine: readonly Process[],
  unknown: (...reasons: string[]) => Judgement,
  warnings: string[],
): Judgement {
  const notLooked = expected.pidFiles.filter((path) => !seen.lookedAt(path));
  if (notLooked.length > 0) return unknown(`its pid file ${notLooked.join(", ")} could not be checked`);
  if (seen.starting) {
    return unknown(
      `its script still runs (pid ${seen.starting.pid}): it may be starting the program, or restarting it repeatedly`,
    );
  }
  const stopped: Judgement = { status: "stopped", warnings, ...(silent.length > 0 && { reason: silent.join("; ") }) };
  if (expected.programs.length === 0)
    return unknown(...silent, "its script does not say clearly which program it starts");
  if (silent.length > 0) return stopped;
  // Each way that the script may go is known, and none has left a trace.
  const { usualPidFiles } = expected;
  const leavesTrace = (program: string) => {
    const file = seen.programFiles.get(program);
    return !isGeneric(program) && file !== undefined && file.interpreter === undefined;
  };
  const namesNobody = (path: string) => !seen.table.processes.has(pidIn(seen.pidFiles.get(path)?.text ?? "") ?? 0);
  if (expected.ambiguous && usualPidFiles?.every(namesNobody) && expected.programs.every(leavesTrace)) return stopped;
  if (expected.ambiguous)
    return unknown(...silent, "its script may start more than one program, or another one than could be read");
  for (const program of expected.programs) {
    const file = seen.programFiles.get(program);
    const interpreter = file?.interpreter;
    if (isGeneric(program))
      return unknown(`its script starts ${program}, and no pid file shows which process that is now`);
    if (interpreter === undefined) continue;
    if (isShell(interpreter) || !isInterpreter(interpreter)) {
      return unknown(`${program} is a script, which may have become another program, and no pid file is known`);
    }
    const disguised = mine.filter((process) => isDisguised(process, interpreter));
    if (disguised.length > 0)
      return unknown(`pid ${pids(disguised)} runs ${interpreter} under a title of its own: it may be ${program}`);
  }
  return stopped;
}

function uniqueOf(processes: readonly Process[]): Process[] {
  return [...new Map(processes.map((process) => [process.pid, process])).values()];
}
