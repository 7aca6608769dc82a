import { shQuote } from "../../../shell/quote";
import type { HostFacts } from "../../../../../model/host";
import type { Live } from "../../../../../model/service";
import type { Step } from "../../../shell/step";
import { processWords } from "../../common/apart";
import { releaseStep } from "../../common/release";
import type { ExistingChange } from "../../driver";
import { bootStep, startLevels } from "../boot";
import { DEFAULT_RUNLEVELS } from "../header";
import { scriptPath } from "../name";
import { DAEMON_RELOAD, isSystemd } from "../shell";
import { FUNCTIONS } from "./functions";

/**
 * What is done to a service whose init script somebody else wrote: by that script, or where systemd runs it by systemctl(1).
 * What a script says proves nothing: a stop counts when the process that was seen has ended.
 */
export function existingSteps(change: ExistingChange, live: Live, facts: HostFacts): Step[] {
  const { name, startMode, action } = change;
  const head = settings(name, live);
  const step = (script: string): Step[] => [{ name: action, script: `${head}\n${script}` }];
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
      return [...boot, ...step('x_call stop "$(pb_for_stop)" reload')];
    case "start":
      return [...boot, ...step("x_start")];
    case "restart":
      return [...boot, ...step("x_stop && x_start")];
  }
}

/** The run levels that it starts in now, or else those of its header. */
function levelsOf({ links = [], observed = [] }: Live): readonly number[] {
  const linked = startLevels(links);
  if (linked.length > 0) return linked;
  const said = observed.find(({ property }) => property === "options.lsb.runlevels")?.value;
  return Array.isArray(said) && said.length > 0 ? (said as number[]) : DEFAULT_RUNLEVELS;
}

function settings(name: string, live: Live): string {
  const { programs = [], pidFiles = [] } = live.evidence ?? {};
  return `${FUNCTIONS}
n=${shQuote(name)}
script=${shQuote(scriptPath(name))}
x_programs=${shQuote(programs.join("\n"))}
x_pidfiles=${shQuote(pidFiles.join("\n"))}
set -- ${processWords(live.state)}
main=$1 born=$2`;
}

/** A script that we wrote stays as it is, as anybody's. */
export function releaseSteps(name: string, facts: HostFacts): Step[] {
  return [releaseStep(scriptPath(name)), ...(isSystemd(facts) ? [DAEMON_RELOAD] : [])];
}

/** The process that was seen with all that it has started, and all that is in its session. */
export function existingProcessesStep(live: Pick<Live, "state">): Step {
  const script = `${FUNCTIONS}
set -- ${processWords(live.state)}
processes=
! { [ "$1" != 0 ] && pb_alive "$1" "$2"; } || x_family "$1"
emit processes "$processes"`;
  return { name: "processes", script };
}

/** Ends what is left of a script that would start its program again: of two that watch over a process both would start it. */
export function endScript(name: string, live: Live): string {
  return `${settings(name, live)}\nx_end_script ${live.state.pid ?? ""} || return`;
}
