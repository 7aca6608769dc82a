import type { RunState, Status } from "../../../../model/service";

/** The state of a job in the fragment's output. */
export interface StateFields {
  /** The output of `initctl status`. */
  status: string;
  /** Start time of its main process, in hundredths of a second since boot. */
  born?: string | undefined;
  /** The last line about it in the kernel log, where upstart reports why it gave up. */
  kernel?: string | undefined;
  installed: boolean;
}

/** A line of `initctl status`: `web start/running, process 163`, or `web (a) …` for an instance. */
const LINE = /^\S+(?: \((.*)\))? (start|stop|respawn)\/([a-z-]+)(?:, (?:\([a-z-]+\) )?process (\d+))?$/;

/** States of a job between the exit of its main process and the next start (init(8) of upstart). */
const AFTER_THE_END = ["pre-stop", "stopping", "killed", "post-stop"];
/** States in which the process in the output is not the main process. */
const OF_OTHERS = ["pre-start", "post-stop", "security"];

/** The main process in the output of `initctl status`, if there is one. */
export function mainProcess(text: string): number | undefined {
  for (const line of text.split("\n")) {
    const [, , , state = "", pid] = LINE.exec(line) ?? [];
    if (pid !== undefined && !OF_OTHERS.includes(state) && !line.includes(", (")) return Number(pid);
  }
  return undefined;
}

/** Our state for a job's state. Upstart counts no restarts; pid and start time show a new process. */
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
    // The process that upstart named exited a moment later.
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

/** Whether a job was stopped or exited by itself. Only the kernel log tells, if it goes back far enough. */
function waiting(kernel: string | undefined): Judgement {
  const failed = kernel !== undefined && /respawning too fast|terminated with status|killed by|failed/.test(kernel);
  // Stopping a job kills it with its signal, so that alone is not a failure.
  if (!failed || /killed by (TERM|INT|QUIT|HUP) signal/.test(kernel)) return { status: "stopped", inTransit: false };
  return { status: "failed", inTransit: false, reason: words(kernel) };
}

function ending(kernel: string | undefined): string {
  return kernel === undefined ? "" : `: ${words(kernel)}`;
}

/** `[ 12.3] init: web main process (7) terminated with status 1` without the time and the name. */
function words(kernel: string): string {
  const text = kernel.replace(/^.*?\binit: \S+ /, "");
  return text.includes("respawning too fast")
    ? "the program kept exiting, so upstart gave up (respawning too fast)"
    : text;
}
