import { call } from "../../shell/library";
import type { Live, RunState } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { processOf, seenProcess } from "../common/apart";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { jobPath } from "./name";
import { RELOAD_CONFIGURATION } from "./steps";

/** The steps for a job that somebody else wrote. They use initctl(8); only the process proves success. */
export function existingSteps({ name, startMode, action }: ExistingChange, live: Live): Step[] {
  const seen = processOf(live.state);
  const boot = startMode === undefined ? [] : [bootStep(name, startMode === "automatic"), RELOAD_CONFIGURATION];
  const stopping: Step = { name: "stop", script: call("job_stop_existing", name, ...seen) };
  const starting: Step = { name: "start", script: call("job_start_existing", name, ...seen) };
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, stopping];
    case "reload":
      return [...boot, { name: "reload", script: call("job_reload_existing", name) }];
    case "start":
      return [...boot, starting];
    case "restart":
      return [...boot, stopping, starting];
  }
}

/** Adds or removes `manual` in the override. All its other lines are the administrator's and stay. */
const bootStep = (name: string, automatic: boolean): Step =>
  automatic
    ? { name: "enable", script: call("job_automatic_existing", name) }
    : { name: "disable", script: call("job_manual_existing", name) };

/** Even a job that we wrote stays as it is. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(jobPath(name)), RELOAD_CONFIGURATION];
}

/** The observed process and its session: upstart starts each program as a session leader. */
export const existingProcessesStep = (seen: Pick<RunState, "pid" | "incarnation">): Step => ({
  name: "processes",
  script: call("existing_processes", ...seenProcess(seen)),
});
