import { call } from "../../../shell/library";
import type { HostFacts } from "../../../facts";
import type { Live, RunState } from "../../../../../model/service";
import type { Step } from "../../../shell/step";
import { processOf, seenProcess } from "../../common/apart";
import { releaseStep } from "../../common/release";
import type { ExistingChange } from "../../driver";
import { bootStep, startLevels } from "../boot";
import { DEFAULT_RUNLEVELS } from "../header";
import { scriptPath } from "../name";
import { DAEMON_RELOAD, isSystemd } from "../shell";

/**
 * The steps for a service whose init script somebody else wrote. They run that script, or systemctl(1) where systemd runs it.
 * The exit code of the script proves nothing: a stop counts when the observed process has exited.
 */
export function existingSteps(change: ExistingChange, live: Live, facts: HostFacts): Step[] {
  const { name, startMode, action } = change;
  const step = (by: string): Step[] => [{ name: action, script: existingCall(name, live, by) }];
  const boot: Step[] =
    startMode === undefined
      ? []
      : [bootStep(name, levelsOf(live), startMode), ...(isSystemd(facts) ? [DAEMON_RELOAD] : [])];
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, ...step("x_stop")];
    case "reload":
      return [...boot, ...step("script_reload_existing")];
    case "start":
      return [...boot, ...step("x_start")];
    case "restart":
      return [...boot, ...step("script_restart_existing")];
  }
}

/** The run levels that the script starts in now, otherwise those of its header. */
function levelsOf({ links = [], observed = [] }: Live): readonly number[] {
  const linked = startLevels(links);
  if (linked.length > 0) return linked;
  const said = observed.find(({ property }) => property === "options.lsb.runlevels")?.value;
  return Array.isArray(said) && said.length > 0 ? (said as number[]) : DEFAULT_RUNLEVELS;
}

/** Calls one of the functions of shell/initScriptExisting.sh. */
export function existingCall(name: string, live: Live, ...action: readonly string[]): string {
  const { programs = [], pidFiles = [] } = live.evidence ?? {};
  return call("script_existing", name, ...processOf(live.state), programs.join("\n"), pidFiles.join("\n"), ...action);
}

/** Even a script that we wrote stays as it is. */
export function releaseSteps(name: string, facts: HostFacts): Step[] {
  return [releaseStep(scriptPath(name)), ...(isSystemd(facts) ? [DAEMON_RELOAD] : [])];
}

/** The observed process, its descendants and the processes in its session. */
export const existingProcessesStep = (seen: Pick<RunState, "pid" | "incarnation">): Step => ({
  name: "processes",
  script: call("existing_processes", ...seenProcess(seen)),
});
