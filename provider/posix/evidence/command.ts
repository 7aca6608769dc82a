import { posix } from "node:path";
import type { Process } from "./table";

const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);

const SHELL = /^-?(ba|da|a|k|mk|pdk|z|c|tc|fi)?sh$|^busybox$/;
const INTERPRETER = /^(python|pypy|perl|ruby|nodejs|node|php|java|lua|tclsh|expect|mono|guile|Rscript)[\d.]*m?$/;
/** Programs that exec another program, or start it and wait. */
const LAUNCHER = new Set(
  (
    "env nice ionice setsid nohup su sudo runuser setpriv chroot chpst setuidgid envuidgid softlimit daemon " +
    "start-stop-daemon timeout stdbuf unshare taskset chrt numactl cgexec nsenter authbind faketime"
  ).split(" "),
);

/** Does this program only run others (a shell, an interpreter, a launcher), so that it identifies no service? */
export function isGeneric(program: string): boolean {
  const name = base(program);
  return SHELL.test(name) || INTERPRETER.test(name) || LAUNCHER.has(name);
}

export const isShell = (program: string): boolean => SHELL.test(base(program));
export const isInterpreter = (program: string): boolean => INTERPRETER.test(base(program));

/** The command lines that a process may have been started with: its argv, and without the interpreter of a script. */
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

/** Does the process have exactly this command line? */
export function hasCommand(process: Process, command: readonly string[]): boolean {
  return commandsOf(process).some(
    (form) => form.length === command.length && form.every((word, i) => word === command[i]),
  );
}

/** Does the process run this program? `inode`: that of the program, if it was read on the host. */
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

/** Does it run the same program with other arguments? A title that a program set for itself is one word with blanks. */
export function isOtherCall(process: Process, command: readonly string[]): boolean {
  return commandsOf(process).some(([first]) => first === command[0]) && !hasCommand(process, command);
}

/** Is it a process of this interpreter that has set its own title, so that its script can't be seen? */
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

/** The program of a process, for messages. The arguments are omitted because they may be secret. */
export function programWords({ argv: [first = ""], executable }: Process): string {
  return executable ?? first;
}
