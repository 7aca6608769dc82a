import type { Fields } from "../shell/step";

/** USER_HZ of proc(5), the unit of start times: the same on all supported architectures. */
export const TICKS = 100;

/** A process, from proc(5). */
export interface Process {
  pid: number;
  parent: number;
  session: number;
  /** Ticks since boot. */
  started: number;
  argv: string[];
  /** Missing for a kernel thread, and for a process that has just ended. */
  executable?: string;
  /** `DEVICE:INODE` of the executable, because a program may have several paths. */
  inode?: string;
  /** The root directory: `/`, unless the process is in a chroot(2). */
  root: string;
  folder: string;
  uid?: number;
  /** The process is in a container on this host. */
  contained: boolean;
  /** The systemd unit of its control group. */
  unit?: string;
}

export interface Table {
  processes: ReadonlyMap<number, Process>;
  /** The boot time, in seconds since 1970; NaN when unknown. */
  boot: number;
}

/** Parses the output of `emit_processes`, without zombies. */
export function processTable(shared: Fields): Table {
  if (!shared.get("processes.stat")) throw new Error("the host has not said which processes it has");
  const links = pairs(shared.get("processes.links"), / (\/proc\/\w+\/\S+) -> (.*)$/);
  const inodes = new Map([...pairs(shared.get("processes.inodes"), /^(\S+) (\/proc\/\d+\/exe)$/)].map(swap));
  const users = pairs(shared.get("processes.users"), /^(\/proc\/\d+)\/status:Uid:\s+\d+\s+(\d+)/);
  const groups = pairs(shared.get("processes.groups"), /^(\/proc\/\d+)\/cgroup:[^:]*:[^:]*:(.*)$/);
  const commands = argvByPid(shared.get("processes.argv") ?? "");
  const own = links.get("/proc/self/ns/pid");
  const processes = new Map<number, Process>();
  for (const line of (shared.get("processes.stat") ?? "").split("\n")) {
    const pid = Number(/^(\d+) \(/.exec(line)?.[1]);
    const [state = "Z", parent, , session, ...rest] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    if (Number.isNaN(pid) || state === "Z" || state === "X") continue;
    const of = `/proc/${pid}`;
    const executable = links.get(`${of}/exe`)?.replace(/ \(deleted\)$/, "");
    const inode = inodes.get(`${of}/exe`);
    const uid = users.get(of);
    const namespace = links.get(`${of}/ns/pid`);
    const unit = /\/([^/]+\.service)(?:\/|$)/.exec(groups.get(of) ?? "")?.[1];
    processes.set(pid, {
      ...{ pid, parent: Number(parent), session: Number(session), started: Number(rest[15]) },
      argv: commands.get(pid) ?? [],
      ...(executable !== undefined && { executable }),
      ...(inode !== undefined && { inode }),
      ...{ root: links.get(`${of}/root`) ?? "/", folder: links.get(`${of}/cwd`) ?? "/" },
      ...(uid !== undefined && { uid: Number(uid) }),
      contained: own !== undefined && namespace !== undefined && namespace !== own,
      ...(unit !== undefined && { unit }),
    });
  }
  return { processes, boot: Number(shared.get("processes.boot") ?? NaN) };
}

/** Identifies a process by its pid, its start time and the boot id. */
export const incarnationOf = ({ pid, started }: Process, boot: string): string => `${pid}@${started}@${boot}`;

/** The processes of a list that descend from no other one in the list: workers count as part of their master. */
export function topmost(list: readonly Process[], { processes }: Table): Process[] {
  const pids = new Set(list.map(({ pid }) => pid));
  const isBelow = ({ parent }: Process) => {
    for (let pid = parent, seen = 0; pid > 1 && seen < 1000; seen++) {
      if (pids.has(pid)) return true;
      pid = processes.get(pid)?.parent ?? 0;
    }
    return false;
  };
  return list.filter((process) => !isBelow(process) && !(pids.has(process.session) && process.session !== process.pid));
}

function pairs(text: string | undefined, pattern: RegExp): Map<string, string> {
  return new Map(
    (text ?? "").split("\n").flatMap((line): [string, string][] => {
      const [, key, value] = pattern.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
}

const swap = ([a, b]: [string, string]): [string, string] => [b, a];

/** Parses the output of head(1) for several files, which has a title line with the path above each file. */
function argvByPid(text: string): Map<number, string[]> {
  const parts = text.split(/(?:^|\n)==> \/proc\/(\d+)\/cmdline <==\n/);
  const found = new Map<number, string[]>();
  for (let i = 1; i + 1 < parts.length; i += 2) {
    // The file ends with a NUL (or many, if the program set its title), and head adds a newline before the next title.
    const words = parts[i + 1]!.replace(/\n$/, "").split("\0");
    while (words.at(-1) === "") words.pop();
    if (words.length > 0) found.set(Number(parts[i]), words);
  }
  return found;
}
