import { TICKS, type Process, type Table } from "./table";

/** A pid file on the host. */
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
  /** The file names a process that existed when the file was written. */
  | { kind: "names"; path: string; process: Process }
  /** The file names no process of the service. `reused`: a later process has the pid in the file. */
  | { kind: "nothing"; path: string; reason: string; reused?: true }
  /** The content can't be true, or others may have written it. `process`: the process that it names, if that runs. */
  | { kind: "doubtful"; path: string; reason: string; process?: Process };

/** Seconds by which a process may seem to start after its pid file was written: the kernel rounds the boot time to seconds. */
const TOLERANCE = 2.5;

interface Circumstances {
  table: Table;
  /** Does the process run the definition's program? */
  isProgram: (process: Process) => boolean;
  /** The user that the process certainly has. */
  uid?: number | undefined;
}

/** The evidence of a pid file that the definition names. `file`: undefined when it does not exist. */
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
    // /run is in memory and holds nothing from before the boot, so the clock must have been changed.
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

/** Could a user other than root have written any pid? A user's file is trusted only for that user's own processes. */
function mayBeForged({ owner, group, mode }: PidFile, { uid }: Process): boolean {
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && group !== 0)) return true;
  return owner !== 0 && owner !== uid;
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");
