import type { RunState } from "../../../../model/service";
import { signalName } from "../common/signals";

/** The kernel's clock ticks per second in start times: 100 on all current architectures. */
const TICKS_PER_SECOND = 100;

/** The script's record of a service's process, and the kernel's current data on the two pids in it. */
export interface Evidence {
  record: string | undefined;
  /** Lines of /proc/PID/stat. */
  pid: string | undefined;
  supervisor: string | undefined;
  boot: string;
  installed: boolean;
  /** There is no record, but the process in the pid file was started with the service's command. */
  recovered: boolean;
}

/** The state of one of our services. */
export function parseState(evidence: Evidence): RunState {
  const { record, boot, installed, recovered } = evidence;
  const now = alive(evidence.pid);
  const values = new Map((record ?? "").split("\n").map((line) => line.split("=", 2) as [string, string]));
  const known = record !== undefined && values.get("boot") === boot;
  const restartCount = known ? Number(values.get("restarts")) || 0 : 0;
  const runs =
    now !== undefined && (recovered || (known && now.pid === values.get("pid") && now.born === values.get("pidBorn")));
  if (runs) {
    return {
      status: "running",
      inTransit: false,
      restartCount,
      pid: Number(now.pid),
      incarnation: `${now.pid}@${now.born}@${boot}`,
      startedUptime: Number(now.born) / TICKS_PER_SECOND,
      ...(!installed && { reason: "its script was deleted" }),
    };
  }
  const state = known ? (values.get("state") ?? "") : "";
  const guard = alive(evidence.supervisor);
  const guarded =
    guard !== undefined && guard.pid === values.get("supervisor") && guard.born === values.get("supervisorBorn");
  if (known && guarded) {
    if (state !== "waiting") return { status: "stopped", inTransit: true, restartCount, reason: "starting" };
    return {
      status: "flapping",
      inTransit: false,
      restartCount,
      reason: `waits for its restart after ${ending(values.get("code"))}`,
    };
  }
  if (!installed) return { status: "notInstalled", inTransit: false, restartCount: 0 };
  if (state === "" || state === "stopped" || state === "ended")
    return { status: "stopped", inTransit: false, restartCount };
  return { status: "failed", inTransit: false, restartCount, reason: failure(state, values.get("code")) };
}

/** A process that exists and is not a zombie. */
function alive(stat: string | undefined): { pid: string; born: string } | undefined {
  if (!stat) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const born = fields[19];
  return born === undefined || /^[ZX]$/.test(fields[0]!) ? undefined : { pid: stat.slice(0, stat.indexOf(" ")), born };
}

function failure(state: string, code: string | undefined): string {
  switch (state) {
    case "gaveUp":
      return `${ending(code)}, gave up restarting it`;
    case "starting":
      return "its start was cut off";
    case "waiting":
      return `${ending(code)}, and its supervisor was killed`;
    case "failed":
      return ending(code);
    default:
      return "the program exited, and its exit code is unknown";
  }
}

/** How a process ended, from its exit status in a shell: above 128 it is a signal. */
function ending(code: string | undefined): string {
  const number = Number(code);
  if (!code || Number.isNaN(number)) return "exit code unknown";
  const signal = number > 128 ? signalName(number - 128) : undefined;
  if (signal !== undefined) return signal;
  return `exit code ${number}${number === 127 ? ": program not found" : number === 126 ? ": not executable" : ""}`;
}
