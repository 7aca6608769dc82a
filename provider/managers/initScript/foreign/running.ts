import { posix } from "node:path";
import type { Fields } from "../../../../model/step";
import { INTERPRETERS, SHELLS } from "./interpreters";

/** A process as /proc shows it (proc(5)). */
export interface Process {
  pid: number;
  parent: number;
  argv: string[];
  workingDirectory: string;
  executable: string;
  stdout: string;
  stderr: string;
  /** Clock ticks since boot. */
  started: number;
  uid: number;
  gid: number;
  umask?: string;
  /** Its user's line of passwd(5), where getent(1) knows it. */
  passwd: string;
}

/** The processes that the fragment emitted, zombies left out. */
export function processesOf(fields: Fields): Process[] {
  const pids = [...fields.keys()].flatMap((key) => /^foreign\.process\.(\d+)\.facts$/.exec(key)?.[1] ?? []);
  return pids.flatMap((pid): Process[] => {
    const get = (key: string) => fields.get(`foreign.process.${pid}.${key}`) ?? "";
    const [state, parent, started, uid, gid, umask] = get("facts").split(" ");
    const argv = get("argv").replace(/\0$/, "").split("\0");
    if (state === "Z" || state === "X" || started === undefined || argv[0] === "") return [];
    return [
      {
        ...{ pid: Number(pid), parent: Number(parent), argv, started: Number(started) },
        ...{ workingDirectory: get("cwd"), executable: get("exe"), stdout: get("stdout"), stderr: get("stderr") },
        ...{ uid: Number(uid), gid: Number(gid), passwd: get("user") },
        ...(umask !== undefined && umask !== "" && { umask }),
      },
    ];
  });
}

const glob = (pattern: string) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
const interpreters = [...INTERPRETERS, ...SHELLS].map(glob);

/** What a process runs: the program by its absolute path, without an interpreter before it, and its arguments. */
export function commandsOf({ argv, workingDirectory, executable }: Process): string[][] {
  const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const [first = "", ...rest] = argv;
  const bare = !first.includes("/") && base(executable) === first ? executable : first;
  const commands = [[absolute(bare, workingDirectory), ...rest]];
  if (interpreters.some((pattern) => pattern.test(base(first).replace(/^-/, "")))) {
    const at = rest.findIndex((word) => !/^-(?![cem]$)/.test(word));
    const script = rest[at];
    if (script !== undefined && !script.startsWith("-")) {
      commands.unshift([absolute(script, workingDirectory), ...rest.slice(at + 1)]);
    }
  }
  return commands;
}

function absolute(path: string, folder: string): string {
  return path.includes("/") && !path.startsWith("/") ? posix.resolve(folder, path) : path;
}
