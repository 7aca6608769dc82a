import { call } from "../../shell/library";
import type { Live, RunState } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { processOf, seenProcess } from "../common/apart";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { scriptPath } from "./name";
import { levelsOf, UPDATE_DEPENDENCIES } from "./steps";

/** The steps for a service that somebody else wrote. They use rc-service(8) and rc-update(8); only the process proves success. */
export function existingSteps({ name, startMode, action }: ExistingChange, live: Live): Step[] {
  const seen = processOf(live.state);
  const step = (script: string): Step[] => [{ name: action, script }];
  const boot = startMode === undefined ? [] : [bootStep(name, startMode === "automatic", live)];
  switch (action) {
    case "none":
      return boot;
    case "reload":
      return [...boot, ...step(call("openrc_ask_existing", "stop", 90, name, "reload"))];
    case "stop":
      return [...boot, ...step(call("openrc_stop_existing", name, ...seen))];
    case "start":
      return [...boot, ...step(call("openrc_start_existing", name, ...seen))];
    case "restart":
      return [...boot, ...step(call("openrc_restart_existing", name, ...seen))];
  }
}

/** Enables it in its former run levels, otherwise in the default one. */
const bootStep = (name: string, automatic: boolean, live: Live): Step =>
  automatic
    ? { name: "enable", script: call("openrc_link", name, ...levelsOf(live)) }
    : { name: "disable", script: call("openrc_unlink_existing", name) };

/** Even a script that we wrote stays as it is. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(scriptPath(name)), UPDATE_DEPENDENCIES];
}

/** The observed process, its session and its descendants. */
export const existingProcessesStep = (seen: Pick<RunState, "pid" | "incarnation">): Step => ({
  name: "processes",
  script: call("existing_processes", ...seenProcess(seen)),
});
