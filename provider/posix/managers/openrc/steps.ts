import { call } from "../../shell/library";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import type { Change } from "../driver";
import { processOf } from "../common/apart";
import { writeFiles } from "../common/put";
import { DEFAULT_STOP_SECONDS } from "./machinery";
import { DEFAULT_RUNLEVEL } from "./name";

/** The steps of a change: files, boot, process. In this order, a crash after any step leaves a consistent state. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  const stopsFirst = change.action === "restart" || change.action === "stop";
  const stop: Step[] = stopsFirst
    ? [{ name: "stop", script: stopCall(change.name, live, change.action === "restart") }]
    : [];
  return [
    ...(change.write ? [{ name: "write files", script: writeFiles(change.write) }] : []),
    // Needed even without a write: an earlier run may have been killed after its write.
    ...(change.write || starts ? [UPDATE_DEPENDENCIES] : []),
    ...startModeSteps(change, live),
    ...stop,
    ...(starts ? [{ name: change.action, script: startCall(change.name, live) }] : []),
    ...(change.action === "reload" ? [{ name: "reload", script: call("openrc_reload", change.name) }] : []),
  ];
}

/** Makes OpenRC read dependencies again. By itself it misses a file that is as old as its cache, to the second. */
export const UPDATE_DEPENDENCIES: Step = { name: "update dependencies", script: "openrc_update" };

/** Stops the service, whatever its script does. With `isRestart`, services that need it keep running. */
export function stopCall(name: string, live: Live, isRestart: boolean): string {
  const { signal = "SIGTERM", timeoutSeconds = DEFAULT_STOP_SECONDS } = live.definition.stop ?? {};
  // The service's own time limit, and some time for its processes to end after the kill.
  const most = timeoutSeconds * 2 + 40;
  const options = isRestart ? ["--nodeps"] : [];
  return call(
    "openrc_stop",
    name,
    ...processOf(live.state),
    signal.replace(/^SIG/, ""),
    timeoutSeconds,
    most,
    ...options,
  );
}

/**
 * Sets the links in the run levels: only in the level that the script on the host names, or in the former one if it names none.
 * After a write this is done even without a wanted start mode, because an additional link would be drift.
 */
function startModeSteps({ name, startMode, write }: Change, live: Live): Step[] {
  const mode = startMode ?? (write && live.installed ? live.startMode : undefined);
  if (!mode) return [];
  const former = levelsOf(live);
  const script = (how: string) => call("openrc_boot", name, how, ...former);
  return mode === "automatic"
    ? [{ name: "enable", script: script("automatic") }]
    : [{ name: "disable", script: script("manual") }];
}

/** The run levels that the service starts in, otherwise the default one. */
export function levelsOf({ links = [] }: Live): string[] {
  const levels = links.map((link) => link.split("/")[3]!).filter(Boolean);
  return levels.length > 0 ? levels : [DEFAULT_RUNLEVEL];
}

function startCall(name: string, { state, definition }: Live): string {
  return call("openrc_start", name, ...processOf(state), definition.stop?.timeoutSeconds ?? DEFAULT_STOP_SECONDS);
}
