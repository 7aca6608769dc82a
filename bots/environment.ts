import { folderOf, syntaxOf } from "../model/hostPath";
import { daemons, type Daemon, type Flavour } from "./daemons";

/** A Bots environment on a host and its programs: everything that the definitions of its daemons depend on. */
export interface BotsEnvironment {
  flavour: Flavour;
  /** The directory of the programs. Its syntax tells whether the host is a Windows host. */
  bin: string;
  /** Suffix of the programs' names: `.py` up to Bots 3.2. */
  suffix?: string | undefined;
  /** The directory of the environment. */
  path: string;
  /** The directory of bots.ini and settings.py. Default: `config` in `path`. `false` starts the programs without `-c`. */
  config?: string | false | undefined;
  /** Bots 4 only: the name of the environment (BOTSENV). */
  name?: string | undefined;
  web?: { port?: number | undefined; tls?: boolean | undefined } | undefined;
  queue?: { port?: number | undefined } | undefined;
}

/** Is it a Windows host? */
export const isWindows = ({ bin }: Pick<BotsEnvironment, "bin">): boolean => syntaxOf(bin).sep === "\\";

/**
 * The command line of a daemon. The directory follows `-c` without a space, is absolute, has no trailing slash, and on Windows
 * no forward slash: with any other form, Bots does not find its configuration, or classic Bots silently reads the
 * configuration or the user scripts of its own package.
 */
export function commandLine(environment: BotsEnvironment, daemon: Daemon): string[] {
  const { path, config = within(path, "config") } = environment;
  const program = programOf(environment, daemon);
  return config === false ? program : [...program, `-c${folder(config)}`];
}

/** On Windows, pip makes an `.exe` of each program. A `.py` can't be started there without Python, which is above `Scripts`. */
function programOf({ bin, suffix }: BotsEnvironment, daemon: Daemon): string[] {
  const { program } = daemons[daemon];
  if (!isWindows({ bin })) return [within(bin, `${program}${suffix ?? ""}`)];
  if (suffix === undefined) return [within(bin, `${program}.exe`)];
  return [within(syntaxOf(bin).dirname(folder(bin)), "python.exe"), within(bin, `${program}${suffix}`)];
}

/** A directory in the spelling that Bots compares paths in: without a trailing slash, with backslashes on Windows. */
export function folder(path: string): string {
  const syntax = syntaxOf(path);
  return folderOf(syntax.sep === "\\" ? syntax.normalize(path) : path);
}

const within = (directory: string, name: string) => syntaxOf(directory).join(folder(directory), name);

/**
 * The environment variables. The programs' directory must be in PATH, otherwise "Run" in the web interface does not find
 * bots-engine, and the queue of Bots 4 refuses it. Output is unbuffered, because a dying process would lose the output of
 * classic Bots. BOTSENV names the cookies of Bots 4, but would move the directories of classic Bots.
 */
export function variables({ flavour, bin, name = "default" }: BotsEnvironment): Record<string, string> {
  const folders = new Set([folder(bin), ...(isWindows({ bin }) ? WINDOWS_PROGRAMS : POSIX_PROGRAMS)]);
  return {
    PATH: [...folders].join(syntaxOf(bin).delimiter),
    PYTHONUNBUFFERED: "1",
    ...(flavour === "4.x" ? { BOTSENV: name } : {}),
  };
}

/** The standard directories of programs. */
const POSIX_PROGRAMS = ["/usr/local/bin", "/usr/bin", "/bin"];
const WINDOWS_PROGRAMS = ["C:\\Windows\\System32", "C:\\Windows"];

/** The user of the daemons, unless another one is given. On Windows it is the service manager's own, LocalSystem. */
export const usualUser = (environment: Pick<BotsEnvironment, "bin">): { user: string } | undefined =>
  isWindows(environment) ? undefined : { user: "bots" };
