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

/** What an unmanaged definition says about its process, as far as it is certain. */
export interface Expected {
  /** Absolute paths; empty when they are unknown. */
  programs: readonly string[];
  command?: readonly string[];
  pidFiles: readonly string[];
  /** Usual pid files of such a service. They count only if they name a process of the program. */
  usualPidFiles?: readonly string[];
  /** The user that it certainly switches to; `uid` is missing if the user is not in the host's /etc/passwd. */
  user?: { name: string; uid?: number };
  /** It may start another program, or several. */
  ambiguous: boolean;
}

/** The file of a program. */
export interface ProgramFile {
  /** `DEVICE:INODE`. */
  inode: string;
  /** For a script: the interpreter in its first line. */
  interpreter?: string;
}

/** The evidence on the host. */
export interface Seen {
  table: Table;
  /** The pid files that exist, by path. */
  pidFiles: ReadonlyMap<string, PidFile>;
  /** Was a path read? Only the paths that were known before the read were. */
  lookedAt: (path: string) => boolean;
  programFiles: ReadonlyMap<string, ProgramFile>;
  /** The process of the script, if its start action still runs. */
  starting?: Process | undefined;
  /** On a host with systemd, the unit generated for the script. */
  unit?: string | undefined;
}

export interface Judgement {
  /** `failed`: the service manager of the host says so. */
  status: "running" | "stopped" | "failed" | "unknown";
  process?: Process;
  /** For people. For `unknown`, all reasons why it is not known. */
  reason?: string;
  /** For `unknown`: nothing was found, which does not prove that nothing runs. */
  nothingFound?: true;
  warnings: string[];
}

const pids = (processes: readonly Process[]) => processes.map(({ pid }) => pid).join(", ");

/**
 * Finds the process of a service, from strong evidence to weak: a pid file that the definition names, then a process that
 * runs its program. Contradicting or missing evidence gives `unknown`: starting a second copy would be worse than no change.
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

/** Is `process` the process `top`, or one of its descendants? */
function isWithin(top: Process, process: Process, table: Table): boolean {
  if (top.pid === process.pid) return true;
  const [first, ...more] = topmost([top, process], table);
  return first === top && more.length === 0;
}

/**
 * Does the process belong to another service of the same program, such as a second Bots environment? It does if it has other
 * arguments and another pid file names it. Either alone proves nothing: programs run themselves again, and a configuration
 * may set the path of the pid file.
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

/** Judges when one process runs the program, and no pid file names it. */
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

/** Judges when nothing was found: the service is stopped, if a running one would have been found. */
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
  // All programs that the script may start are known, and none of them left a trace.
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
