import { folderOf, syntaxOf } from "../model/hostPath";
import { daemons, type Daemon, type Flavour } from "./daemons";

/** A Bots environment on a host and its programs: everything that the definitions of its daemons depend on. */
export interface BotsEnvironment {
  flavour: Flavour;
  /** The directory of the programs. */
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

/**
 * The command line of a daemon. The directory follows `-c` without a space, is absolute and has no trailing slash: with any
 * other form, classic Bots silently reads the configuration or the user scripts of its own package.
 */
export function commandLine(environment: BotsEnvironment, daemon: Daemon): string[] {
  const { bin, suffix = "", path, config = within(path, "config") } = environment;
  const program = within(bin, `${daemons[daemon].program}${suffix}`);
  return config === false ? [program] : [program, `-c${folderOf(config)}`];
}

const within = (folder: string, name: string) => folderOf(folder) + syntaxOf(folder).sep + name;

/**
 * The environment variables. The programs' directory must be in PATH, otherwise "Run" in the web interface does not find
 * bots-engine, and the queue of Bots 4 refuses it. Output is unbuffered, because a dying process would lose the output of
 * classic Bots. BOTSENV names the cookies of Bots 4, but would move the directories of classic Bots.
 */
export function variables({ flavour, bin, name = "default" }: BotsEnvironment): Record<string, string> {
  const { delimiter, sep } = syntaxOf(bin);
  const folders = new Set([folderOf(bin), ...(sep === "/" ? POSIX_PROGRAMS : WINDOWS_PROGRAMS)]);
  return {
    PATH: [...folders].join(delimiter),
    PYTHONUNBUFFERED: "1",
    ...(flavour === "4.x" ? { BOTSENV: name } : {}),
  };
}

/** The standard directories of programs. */
const POSIX_PROGRAMS = ["/usr/local/bin", "/usr/bin", "/bin"];
const WINDOWS_PROGRAMS = ["C:\\Windows\\System32", "C:\\Windows"];
