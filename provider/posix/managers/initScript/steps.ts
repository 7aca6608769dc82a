import { call } from "../../shell/library";
import type { HostFacts } from "../../facts";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { writeFiles } from "../common/put";
import type { Change } from "../driver";
import { bootStep } from "./boot";
import { existingCall } from "./existing/steps";
import { withDefaults } from "./header";
import { recordPath, scriptPath, type ScriptManagerName } from "./name";
import { parseScript } from "./script";
import { DAEMON_RELOAD, isSystemd, partsOf } from "./shell";

/** The steps of a change: files, boot, process. In this order, a crash after any step leaves a consistent state. */
export function steps(manager: ScriptManagerName, change: Change, live: Live, facts: HostFacts): Step[] {
  const { name, write, action } = change;
  const foreign = live.installed && live.marker === undefined;
  const starts = action === "start" || action === "restart";
  return [
    ...(write && write.files.length + write.remove.length > 0
      ? [{ name: "write files", script: writeFiles(write) }]
      : []),
    ...(live.masked && isSystemd(facts)
      ? [{ name: "unmask", script: call("unit_do", 60, "unmask", `${name}.service`) }]
      : []),
    ...bootSteps(manager, change, live),
    ...(isSystemd(facts) && (write || starts || change.startMode) ? [DAEMON_RELOAD] : []),
    ...(foreign && write?.files.length && action === "none" && live.state.pid !== undefined
      ? [{ name: "take over the process", script: existingCall(name, live, "script_adopt", String(live.state.pid)) }]
      : []),
    ...actionSteps(manager, change, live, facts),
  ];
}

/** Needed even after a mere write, because the header defines the order of the start. */
function bootSteps(manager: ScriptManagerName, { name, startMode, write }: Change, live: Live): Step[] {
  const mode = startMode ?? (write && live.installed ? live.startMode : undefined);
  if (mode === undefined) return [];
  const script = write?.files.find(({ path }) => path === scriptPath(name))?.content;
  const definition = script === undefined ? live.definition : parseScript(manager, name, script).definition;
  return [bootStep(name, withDefaults(definition.options?.[manager]).runlevels, mode)];
}

function actionSteps(manager: ScriptManagerName, { name, action }: Change, live: Live, facts: HostFacts): Step[] {
  switch (action) {
    case "none":
      return [];
    case "stop":
      return [{ name: "stop", script: stop(manager, name, live, facts) }];
    case "reload":
      return [{ name: "reload", script: call("script_call", name, "reload") }];
    case "start":
    case "restart":
      return [
        {
          name: action,
          script: isSystemd(facts) ? call("script_start_unit", name) : call("script_call", name, action),
        },
      ];
  }
}

/** Stops one of our services, even if its script is missing. Succeeds if it is already stopped. */
export function stop(manager: ScriptManagerName, name: string, { definition }: Live, facts: HostFacts): string {
  const record = definition.command === undefined ? recordPath(name) : "";
  return call("script_stop", name, isSystemd(facts) ? "unit" : "", record, ...partsOf(manager, name, definition));
}
