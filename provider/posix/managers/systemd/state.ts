import type { RunState, Status } from "../../../../model/service";
import { signalName } from "../common/signals";

/** The output of `systemctl show` for one unit. */
export type Properties = ReadonlyMap<string, string>;

/** The properties that `parseState` reads. */
export const STATE_PROPERTIES = [
  ...["LoadState", "LoadError", "ActiveState", "SubState", "Result", "MainPID", "NRestarts", "InvocationID"],
  ...["ExecMainCode", "ExecMainStatus", "ExecMainStartTimestampMonotonic"],
  ...["ConditionResult", "ConditionTimestampMonotonic"],
];

/** systemd's exit codes for errors before the program runs (systemd.exec(5), "Process Exit Codes"). */
const EXIT_CODES: Readonly<Record<number, string>> = {
  200: "working directory missing or not accessible",
  203: "program not found or not executable",
  208: "standard input can't be set up",
  209: "log file for standard output can't be opened",
  216: "group does not exist",
  217: "user does not exist",
  222: "log file for standard error can't be opened",
  226: "file system namespace can't be set up",
  233: "runtime directory can't be made",
  238: "state directory can't be made",
  240: "logs directory can't be made",
};

const RESULTS: Readonly<Record<string, string>> = {
  "core-dump": "crashed",
  "oom-kill": "killed: out of memory",
  "start-limit-hit": "gave up: started too often",
  protocol: "did not notify systemd as its Type= requires",
  resources: "systemd could not start it: resources or a file it needs are missing",
  timeout: "timed out",
  watchdog: "watchdog timed out",
};

/** Our state for a unit's state in systemctl(1). The files tell whether it is installed, because systemd may not have reloaded. */
export function parseState(show: Properties, installed: boolean, conditions: readonly string[] = []): RunState {
  const pid = Number(show.get("MainPID") ?? 0);
  const startedMicroseconds = Number(show.get("ExecMainStartTimestampMonotonic") ?? 0);
  const incarnation = show.get("InvocationID") || (pid ? `${pid}@${startedMicroseconds}` : "");
  const { status, inTransit, reason } = judge(show, installed, pid, conditions);
  return {
    status,
    inTransit,
    restartCount: Number(show.get("NRestarts") ?? 0),
    ...(reason && { reason }),
    ...(pid > 0 && { pid }),
    ...(incarnation && { incarnation }),
    ...(pid > 0 && startedMicroseconds > 0 && { startedUptime: startedMicroseconds / 1e6 }),
  };
}

interface Judgement {
  status: Status;
  inTransit: boolean;
  reason?: string | undefined;
}

function judge(show: Properties, installed: boolean, pid: number, conditions: readonly string[]): Judgement {
  const load = show.get("LoadState");
  const active = show.get("ActiveState");
  const sub = show.get("SubState") ?? "";
  const deleted = installed ? undefined : "its unit file was deleted";
  switch (active) {
    case "active":
      return {
        status: "running",
        inTransit: false,
        reason: deleted ?? (sub === "exited" ? "active without a process" : undefined),
      };
    case "reloading":
    case "refreshing":
      return { status: "running", inTransit: true };
    case "activating":
      if (sub.startsWith("auto-restart")) {
        return { status: "flapping", inTransit: false, reason: `waits for its restart after ${failure(show)}` };
      }
      return { status: pid ? "running" : "stopped", inTransit: true, reason: `starting (${sub})` };
    case "deactivating":
      return { status: pid ? "running" : "stopped", inTransit: true, reason: `stopping (${sub})` };
    case "failed":
      return { status: "failed", inTransit: false, reason: deleted ? `${deleted}; ${failure(show)}` : failure(show) };
    default:
      if (!installed) return { status: "notInstalled", inTransit: false };
      if (load === "bad-setting" || load === "error")
        return { status: "failed", inTransit: false, reason: loadError(show) };
      return { status: "stopped", inTransit: false, reason: skipped(show, conditions) };
  }
}

/** Why systemd skipped the last start. It forgets this for a unit that nothing refers to. `conditions` are from the files. */
function skipped(show: Properties, conditions: readonly string[]): string | undefined {
  if (show.get("Result") === "exec-condition") return "its start was skipped: ExecCondition= was not met";
  if (show.get("ConditionResult") !== "no" || !Number(show.get("ConditionTimestampMonotonic") ?? 0)) return undefined;
  const which =
    conditions.length > 1 ? `one of ${conditions.join(", ")}` : (conditions[0] ?? "a condition of its unit");
  return `its start was skipped: ${which} was not met`;
}

/** Why the last run ended. */
function failure(show: Properties): string {
  const code = Number(show.get("ExecMainStatus") ?? 0);
  const how = show.get("ExecMainCode");
  const result = show.get("Result") ?? "";
  const ended =
    how === "2" || how === "3"
      ? `${signalName(code) ?? `signal ${code}`}${how === "3" ? " (core dumped)" : ""}`
      : how === "1"
        ? `exit code ${code}${EXIT_CODES[code] ? `: ${EXIT_CODES[code]}` : ""}`
        : "";
  const texts = [RESULTS[result] ?? (ended ? "" : result), ended].filter(Boolean).join(", ");
  // NRestarts also counts the restart that systemd refused.
  const gaveUp = show.get("ActiveState") === "failed" && Number(show.get("NRestarts") ?? 0) > 0;
  return gaveUp ? `${texts}, gave up restarting it` : texts;
}

/** `org.freedesktop.systemd1.BadUnitSetting "Unit … has a bad unit file setting."` without the bus name. */
function loadError(show: Properties): string {
  const text = show.get("LoadError") ?? "";
  return /^\S+ "(.*)"$/.exec(text)?.[1] ?? (text || "systemd can't load its unit file");
}
