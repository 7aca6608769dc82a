import type { RunState, Status } from "../../../../model/service";

/** What the fragment emitted of a job's state. */
export interface StateFields {
  /** What `initctl status` printed. */
  status: string;
  /** When its main process was started, in hundredths of a second since boot. */
  born?: string | undefined;
  /** The last line about it in the kernel's log, where upstart says why it gave up. */
  kernel?: string | undefined;
  installed: boolean;
}

/** One line of `initctl status`: `web start/running, process 163`; of an instance `web (a) …`. */
const LINE = /^\S+(?: \((.*)\))? (start|stop|respawn)\/([a-z-]+)(?:, (?:\([a-z-]+\) )?process (\d+))?$/;

/** States of the main process between its end and its next start (init(8) of upstart). */
const AFTER_THE_END = ["pre-stop", "stopping", "killed", "post-stop"];
/** There the process that is named is not the main one. */
const OF_OTHERS = ["pre-start", "post-stop", "security"];

/** The main process in what `initctl status` printed, when there is one. */
export function mainProcess(text: string): number | undefined {
  for (const line of text.split("\n")) {
    const [, , , state = "", pid] = LINE.exec(line) ?? [];
    if (pid !== undefined && !OF_OTHERS.includes(state) && !line.includes(", (")) return Number(pid);
  }
  return undefined;
}

/** The state of a job in our words. Upstart counts no restarts; a new process shows by its pid and its start. */
export function parseState({ status, born, kernel, installed }: StateFields): RunState {
  const found = status.split("\n").flatMap((line) => {
    const [, , goal = "", state] = LINE.exec(line) ?? [];
    return state === undefined ? [] : [{ goal, state }];
  });
  const main = found.find(({ state }) => state !== "waiting") ?? found[0];
  const pid = mainProcess(status);
  const startedUptime = born === undefined || pid === undefined ? undefined : Number(born) / 100;
  const judgement = judge(main, pid, { kernel, installed });
  return {
    ...judgement,
    // Upstart named a process that was gone a moment later.
    ...(pid !== undefined && born === undefined && { inTransit: true }),
    restartCount: 0,
    ...(pid !== undefined && { pid, incarnation: `${pid}@${born ?? "?"}` }),
    ...(startedUptime !== undefined && { startedUptime }),
  };
}

interface Judgement {
  status: Status;
  inTransit: boolean;
  reason?: string;
}

function judge(
  found: { goal: string; state: string } | undefined,
  pid: number | undefined,
  { kernel, installed }: Pick<StateFields, "kernel" | "installed">,
): Judgement {
  if (!found) {
    if (!installed) return { status: "notInstalled", inTransit: false };
    return {
      status: "failed",
      inTransit: false,
      reason: "upstart did not load its job file: the file is invalid or a symbolic link",
    };
  }
  const { goal, state } = found;
  const present: Status = pid === undefined ? "stopped" : "running";
  if (state === "waiting") return installed ? waiting(kernel) : { status: "notInstalled", inTransit: false };
  if (goal === "stop") return { status: present, inTransit: true, reason: `stopping (${state})` };
  if (state === "running") {
    const reason = installed
      ? pid === undefined
        ? "started without a process"
        : undefined
      : "its job file was deleted";
    return { status: "running", inTransit: false, ...(reason !== undefined && { reason }) };
  }
  if (AFTER_THE_END.includes(state) || goal === "respawn") {
    return {
      status: "flapping",
      inTransit: false,
      reason: `the program exited and waits for its restart${ending(kernel)}`,
    };
  }
  return { status: present, inTransit: true, reason: `starting (${state})` };
}

/** Stopped, or at an end that nobody asked for: only the kernel's log tells, when it goes back that far. */
function waiting(kernel: string | undefined): Judgement {
  const failed = kernel !== undefined && /respawning too fast|terminated with status|killed by|failed/.test(kernel);
  // A job that is stopped is killed by its signal: that alone is no failure.
  if (!failed || /killed by (TERM|INT|QUIT|HUP) signal/.test(kernel)) return { status: "stopped", inTransit: false };
  return { status: "failed", inTransit: false, reason: words(kernel) };
}

function ending(kernel: string | undefined): string {
  return kernel === undefined ? "" : `: ${words(kernel)}`;
}

/** `[ 12.3] init: web main process (7) terminated with status 1` without the clock and the name. */
function words(kernel: string): string {
  const text = kernel.replace(/^.*?\binit: \S+ /, "");
  return text.includes("respawning too fast")
    ? "the program kept exiting, so upstart gave up (respawning too fast)"
    : text;
}
