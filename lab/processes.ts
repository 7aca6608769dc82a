import { readFileSync } from "node:fs";

/** One process, ever: a pid alone is used again, a pid with its start time and boot is not. */
export interface ProcessId {
  pid: number;
  startTime: string;
  bootId: string;
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Field 22 of `/proc/PID/stat`, counted after the last `)`: a program's name may hold blanks and brackets. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19]; // a zombie has ended
  } catch {
    return undefined;
  }
}

/** The identity of a running process, to be found again by another run. */
export function identify(pid: number): ProcessId | undefined {
  const time = startTime(pid);
  return time === undefined ? undefined : { pid, startTime: time, bootId: bootId() };
}

/** Is it that very process that runs under this pid? */
export function isAlive(id: ProcessId): boolean {
  return startTime(id.pid) === id.startTime && bootId() === id.bootId;
}

/** The pids that a process has in the namespaces it is in, from ours to its own. */
export function namespacePids(pid: number): number[] {
  try {
    const line = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return (line?.[1] ?? "").trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
