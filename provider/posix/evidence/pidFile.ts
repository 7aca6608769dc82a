import { TICKS, type Process, type Table } from "./table";

/** A pid file as it lies on the host. */
export interface PidFile {
  path: string;
  /** Its beginning. */
  text: string;
  /** Seconds since 1970. */
  written: number;
  owner: number;
  group: number;
  mode: number;
}

export type PidFileEvidence =
  /** It names a process that was there when it was written. */
  | { kind: "names"; path: string; process: Process }
  /** It would name the process if there was one. `reused`: a later process has got the number that it names. */
  | { kind: "nothing"; path: string; reason: string; reused?: true }
  /** What it says can't be true, or somebody else may have written it. `process` is the one it names, if it lives. */
  | { kind: "doubtful"; path: string; reason: string; process?: Process };

/** Seconds by which the start of a process may seem to be later than the file that names it: the kernel's boot time is whole seconds. */
const TOLERANCE = 2.5;

interface Circumstances {
  table: Table;
  /** Does it run what the definition starts? */
  isProgram: (process: Process) => boolean;
  /** The user that it certainly has. */
  uid?: number | undefined;
}

/** What a pid file that the definition names says: `file` is missing when there is none. */
export function pidFileEvidence(
  path: string,
  file: PidFile | undefined,
  circumstances: Circumstances,
): PidFileEvidence {
  const { table, isProgram, uid } = circumstances;
  const nothing = (reason: string): PidFileEvidence & { kind: "nothing" } => ({ kind: "nothing", path, reason });
  if (!file) return nothing(`there is no ${path}`);
  const text = file.text.trim();
  if (text === "") return nothing(`${path} is empty`);
  const pid = Number(/^(\d{1,10})(?=\s|$)/.exec(text)?.[1]);
  if (!(pid > 0)) return { kind: "doubtful", path, reason: `${path} holds no pid` };
  const process = table.processes.get(pid);
  if (!process || (process.executable === undefined && process.argv.length === 0)) {
    return nothing(`${path} names pid ${pid}, which is gone`);
  }
  const doubtful = (reason: string): PidFileEvidence => ({ kind: "doubtful", path, reason, process });
  if (process.contained) return doubtful(`${path} names pid ${pid}, which runs in a container`);
  if (isProgram(process)) return { kind: "names", path, process };

  if (mayBeForged(file, process)) {
    return doubtful(
      `${path} names pid ${pid}, but others than root can write it (owner ${file.owner}, mode ${octal(file.mode)})`,
    );
  }
  if (uid !== undefined && process.uid !== undefined && process.uid !== 0 && process.uid !== uid) {
    return doubtful(
      `${path} names pid ${pid}, which runs as another user (uid ${process.uid}) than the script starts it as`,
    );
  }
  if (Number.isNaN(table.boot)) return { kind: "names", path, process };
  if (file.written < table.boot - TOLERANCE) {
    // A file system in memory holds nothing from before the boot: then the clock was set meanwhile.
    return /^\/run\//.test(path)
      ? doubtful(
          `${path} seems to be older than the host's last boot, but the clock was changed, so times can't be compared`,
        )
      : nothing(`${path} is from before the host's last boot`);
  }
  if (table.boot + process.started / TICKS > file.written + TOLERANCE) {
    return {
      ...nothing(`${path} names pid ${pid}, which was started after the file was written: the pid was reused`),
      reused: true,
    };
  }
  return { kind: "names", path, process };
}

/** The file says a pid on behalf of somebody who could have taken any: that is believed of this user's own processes alone. */
function mayBeForged({ owner, group, mode }: PidFile, { uid }: Process): boolean {
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && group !== 0)) return true;
  return owner !== 0 && owner !== uid;
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");
