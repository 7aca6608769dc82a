import { call } from "../../shell/library";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import type { Change } from "../driver";
import { processOf } from "../common/apart";
import { writeFiles } from "../common/put";
import { DEFAULT_STOP_SECONDS } from "./machinery";
import { DEFAULT_RUNLEVEL } from "./name";

/** The steps of a change, in the order in which each of them may be the last before a crash: files, boot, process. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  const stopsFirst = change.action === "restart" || change.action === "stop";
  const stop: Step[] = stopsFirst
    ? [{ name: "stop", script: stopCall(change.name, live, change.action === "restart") }]
    : [];
  return [
    ...(change.write ? [{ name: "write files", script: writeFiles(change.write) }] : []),
    // Also without a write: an earlier run may have been killed between its write and this.
    ...(change.write || starts ? [UPDATE_DEPENDENCIES] : []),
    ...startModeSteps(change, live),
    ...stop,
    ...(starts ? [{ name: change.action, script: startCall(change.name, live) }] : []),
    ...(change.action === "reload" ? [{ name: "reload", script: call("openrc_reload", change.name) }] : []),
  ];
}

/** OpenRC reads dependencies again when a file is younger than its cache; in the same second it is not. */
export const UPDATE_DEPENDENCIES: Step = { name: "update dependencies", script: "openrc_update" };

/** Stops the service for sure, whatever its script does. `isRestart`: what needs the service goes on. */
export function stopCall(name: string, live: Live, isRestart: boolean): string {
  const { signal = "SIGTERM", timeoutSeconds = DEFAULT_STOP_SECONDS } = live.definition.stop ?? {};
  // Its own time-out, and what its processes need after the kill.
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
 * The links in the run levels: in the one that the script on the host names, and in no other; of a script without a name
 * for it, that of before. After a write also without a wanted mode: a link more than that is drift.
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

/** The run levels that it starts in, or else the usual one. */
export function levelsOf({ links = [] }: Live): string[] {
  const levels = links.map((link) => link.split("/")[3]!).filter(Boolean);
  return levels.length > 0 ? levels : [DEFAULT_RUNLEVEL];
}

function startCall(name: string, { state, definition }: Live): string {
  return call("openrc_start", name, ...processOf(state), definition.stop?.timeoutSeconds ?? DEFAULT_STOP_SECONDS);
}
