import { readFileSync } from "node:fs";

/** Identifies a process for ever. A pid is reused; a pid with its start time and boot id is not. */
export interface ProcessId {
  pid: number;
  startTime: string;
  bootId: string;
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Field 22 of `/proc/PID/stat`, counted after the last `)`, because a program's name may contain spaces and parentheses. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19]; // a zombie has ended
  } catch {
    return undefined;
  }
}

/** The identity of a running process, which another run can recognise. */
export function identify(pid: number): ProcessId | undefined {
  const time = startTime(pid);
  return time === undefined ? undefined : { pid, startTime: time, bootId: bootId() };
}

/** Whether this process still runs. */
export function isAlive(id: ProcessId): boolean {
  return startTime(id.pid) === id.startTime && bootId() === id.bootId;
}

/** The pids of a process in each of its namespaces, from ours to its own. */
export function namespacePids(pid: number): number[] {
  try {
    const line = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return (line?.[1] ?? "").trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
