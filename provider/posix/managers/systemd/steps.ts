import type { Live } from "../../../../model/service";
import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import type { Change } from "../driver";
import { unitName } from "./name";
import { writeFiles } from "../common/put";

/**
 * The steps of a change: files, boot, reload, process. In this order, a crash after any step leaves a consistent state.
 * There is one reload for all, because it is the slowest step, especially on a host with many units.
 */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  const links = [
    ...(live.masked ? [{ name: "unmask", script: call("unit_unmask", unitName(change.name)) }] : []),
    ...startModeSteps(change, live),
  ];
  return [
    ...(change.write ? [{ name: "write files", script: writeFiles(change.write, "unit_write") }] : []),
    ...links,
    // Needed even for a mere start: an earlier run may have been killed before its reload.
    ...(change.write || starts || links.length > 0 ? [DAEMON_RELOAD] : []),
    ...actionSteps(change),
  ];
}

/** Makes systemd read its files again. */
export const DAEMON_RELOAD: Step = { name: "daemon-reload", script: call("unit_do", 90, "daemon-reload") };

function startModeSteps({ name, startMode, write }: Change, live: Live): Step[] {
  if (!startMode) return [];
  const step = (stepName: string, verb: string) => ({
    name: stepName,
    script: call("unit_boot", verb, unitName(name)),
  });
  if (startMode !== "automatic") return [step("disable", "disable")];
  // `enable` only adds links; `reenable` also removes those of a former [Install] section.
  return [step("enable", write && live.installed ? "reenable" : "enable")];
}

function actionSteps({ name, action }: Change): Step[] {
  const unit = unitName(name);
  switch (action) {
    case "none":
      return [];
    case "stop":
      return [{ name: "stop", script: call("unit_stop", unit) }];
    case "reload":
      return [{ name: "reload", script: call("unit_job", "reload", unit) }];
    case "start":
    case "restart":
      return [{ name: action, script: call("unit_start", action, unit) }];
  }
}
