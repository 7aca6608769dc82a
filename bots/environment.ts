import { folderOf, syntaxOf } from "../model/hostPath";
import { daemons, type Daemon, type Flavour } from "./daemons";

/** One Bots environment of a host and the programs that run it: all that the definitions of its daemons depend on. */
export interface BotsEnvironment {
  flavour: Flavour;
  /** The folder of the programs. */
  bin: string;
  /** What the names of the programs end with: `.py` up to Bots 3.2. */
  suffix?: string | undefined;
  /** The folder of the environment. */
  path: string;
  /** The folder of bots.ini and settings.py. Default: `config` in `path`. `false`: the programs get no `-c`. */
  config?: string | false | undefined;
  /** 4.x: its name, for BOTSENV. */
  name?: string | undefined;
  web?: { port?: number | undefined; tls?: boolean | undefined } | undefined;
  queue?: { port?: number | undefined } | undefined;
}

/**
 * The command line of a daemon. `-c` is glued to its folder, absolute and without a slash at the end: in every other
 * form classic Bots reads the configuration, or the user scripts, of its own package instead, and says nothing.
 */
export function commandLine(environment: BotsEnvironment, daemon: Daemon): string[] {
  const { bin, suffix = "", path, config = within(path, "config") } = environment;
  const program = within(bin, `${daemons[daemon].program}${suffix}`);
  return config === false ? [program] : [program, `-c${folderOf(config)}`];
}

const within = (folder: string, name: string) => folderOf(folder) + syntaxOf(folder).sep + name;

/**
 * The environment variables. Without the programs' folder in PATH the "Run" of the web interface finds no bots-engine, and
 * the queue of 4.x refuses it. Unbuffered, because what classic prints would be lost with the process. BOTSENV names the
 * cookies of 4.x, but would move the folders of classic.
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

/** Where a system has programs of its own. */
const POSIX_PROGRAMS = ["/usr/local/bin", "/usr/bin", "/bin"];
const WINDOWS_PROGRAMS = ["C:\\Windows\\System32", "C:\\Windows"];
