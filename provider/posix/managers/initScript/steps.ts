import { shQuote } from "../../shell/quote";
import type { HostFacts } from "../../../../model/host";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { put } from "../common/put";
import type { Change } from "../driver";
import { bootStep } from "./boot";
import { endScript } from "./existing/steps";
import { withDefaults } from "./header";
import { scriptPath, type ScriptManagerName } from "./name";
import { parseScript } from "./script";
import { DAEMON_RELOAD, endOurs, isOurScript, isSystemd, ourScript, systemctl } from "./shell";

/** The steps of a change, in the order in which each of them may be the last before a crash: files, boot, process. */
export function steps(manager: ScriptManagerName, change: Change, live: Live, facts: HostFacts): Step[] {
  const { name, write, action } = change;
  const foreign = live.installed && live.marker === undefined;
  const starts = action === "start" || action === "restart";
  return [
    ...writeSteps(change),
    ...(live.masked && isSystemd(facts)
      ? [{ name: "unmask", script: `systemctl unmask ${shQuote(`${name}.service`)} >&2` }]
      : []),
    ...bootSteps(manager, change, live),
    ...(isSystemd(facts) && (write || starts || change.startMode) ? [DAEMON_RELOAD] : []),
    ...(foreign && write?.files.length && action === "none" && live.state.pid !== undefined
      ? [{ name: "take over the process", script: takeOver(name, live) }]
      : []),
    ...actionSteps(manager, change, live, facts),
  ];
}

const takeOver = (name: string, live: Live): string =>
  `${endScript(name, live)}\n${ourScript(name, `.adopt ${live.state.pid}`)}`;

/** The script comes last, so that it never names a file that is not there. */
function writeSteps({ write }: Change): Step[] {
  if (!write || write.files.length + write.remove.length === 0) return [];
  const lines = [
    ...[...write.files].reverse().map((file) => `${put(file)} || return`),
    ...write.remove.map((path) => `rm -f ${shQuote(path)} || return`),
    "return 0",
  ];
  return [{ name: "write files", script: lines.join("\n") }];
}

/** Also after a write alone: with the header the order of the start changes. */
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
      return [{ name: "reload", script: ourScript(name, "reload") }];
    case "start":
    case "restart":
      return [{ name: action, script: start(name, action, facts) }];
  }
}

/** Under systemd always a restart: to systemd a script that once started something is active for ever. */
function start(name: string, action: "start" | "restart", facts: HostFacts): string {
  if (!isSystemd(facts)) return ourScript(name, action);
  return `systemctl reset-failed ${shQuote(`${name}.service`)} 2>/dev/null
${systemctl("restart", name)}`;
}

/** Stops a service of ours, also one whose script has gone; what is stopped already is fine. */
export function stop(manager: ScriptManagerName, name: string, live: Live, facts: HostFacts): string {
  const unit = `${systemctl("stop", name)} || { rc=$?; [ $rc = 5 ] || return $rc; }`;
  return `
if ${isOurScript(name)} || [ ! -e ${shQuote(scriptPath(name))} ]; then
  ${isSystemd(facts) ? unit : ":"}
fi
! ${isOurScript(name)} || ${ourScript(name, "stop")} || return
${endOurs(manager, name, live.definition)}`;
}
