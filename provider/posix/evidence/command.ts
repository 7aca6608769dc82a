import { posix } from "node:path";
import type { Process } from "./table";

const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);

const SHELL = /^-?(ba|da|a|k|mk|pdk|z|c|tc|fi)?sh$|^busybox$/;
const INTERPRETER = /^(python|pypy|perl|ruby|nodejs|node|php|java|lua|tclsh|expect|mono|guile|Rscript)[\d.]*m?$/;
/** Programs that become another one, or start it and wait. */
const LAUNCHER = new Set(
  (
    "env nice ionice setsid nohup su sudo runuser setpriv chroot chpst setuidgid envuidgid softlimit daemon " +
    "start-stop-daemon timeout stdbuf unshare taskset chrt numactl cgexec nsenter authbind faketime"
  ).split(" "),
);

/** Does a process of this program say nothing of what it runs? */
export function isGeneric(program: string): boolean {
  const name = base(program);
  return SHELL.test(name) || INTERPRETER.test(name) || LAUNCHER.has(name);
}

export const isShell = (program: string): boolean => SHELL.test(base(program));
export const isInterpreter = (program: string): boolean => INTERPRETER.test(base(program));

/** What a process runs, by its arguments: as they are, and without the interpreter in front of a script. */
function commandsOf({ argv, folder }: Process): string[][] {
  const [first = "", ...rest] = argv;
  const forms = [argv];
  if (SHELL.test(base(first)) || INTERPRETER.test(base(first))) {
    const at = rest.findIndex((word) => !word.startsWith("-") || /^-[cem]$/.test(word));
    const script = rest[at];
    if (script !== undefined && !script.startsWith("-")) forms.push(rest.slice(at));
  }
  return forms.map(([program = "", ...args]) => [
    program.includes("/") && !program.startsWith("/") ? posix.resolve(folder, program) : program,
    ...args,
  ]);
}

/** Was the process started with just this command line, and has not changed it since? */
export function hasCommand(process: Process, command: readonly string[]): boolean {
  return commandsOf(process).some(
    (form) => form.length === command.length && form.every((word, i) => word === command[i]),
  );
}

/** Does it run this program? `inode` is the program's, where the host was asked for it. */
export function runsProgram(process: Process, program: string, inode: string | undefined): boolean {
  const { executable, root } = process;
  const paths = [program, program.replace(/^\/(s?bin|lib\w*)\//, "/usr/$1/")];
  const within = root === "/" ? [] : paths.map((path) => root + path);
  if (!isGeneric(program)) {
    if (inode !== undefined && process.inode === inode) return true;
    if (executable !== undefined && [...paths, ...within].includes(executable)) return true;
  }
  return commandsOf(process).some(([first = ""], i) => first === program && (i > 0 || !isGeneric(program)));
}

/** Is it called as the program is, but with other arguments? A title that a program gave itself is one word with blanks. */
export function isOtherCall(process: Process, command: readonly string[]): boolean {
  return commandsOf(process).some(([first]) => first === command[0]) && !hasCommand(process, command);
}

/** A process of this interpreter that has given itself a title: which script it runs can't be seen. */
export function isDisguised({ executable = "", argv: [first = ""] }: Process, interpreter: string): boolean {
  const name = withoutVersion(base(interpreter));
  return withoutVersion(base(executable)) === name && !base(first).startsWith(name);
}

/** `python3.11` is `python`. */
function withoutVersion(name: string): string {
  let end = name.length;
  while (end > 0 && "0123456789.".includes(name[end - 1]!)) end--;
  return name.slice(0, end);
}

/** The program of a process in words: its arguments may be secret. */
export function programWords({ argv: [first = ""], executable }: Process): string {
  return executable ?? first;
}
