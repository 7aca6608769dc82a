import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { unitName, unitPath } from "./name";
import { DAEMON_RELOAD } from "./steps";

/** The steps for a unit that somebody else wrote. They use systemctl(1) alone, which knows the processes by their cgroup. */
export function existingSteps({ name, startMode, action }: ExistingChange): Step[] {
  const unit = unitName(name);
  const step = (script: string): Step[] => [{ name: action, script }];
  const boot = startMode === undefined ? [] : [bootStep(unit, startMode === "automatic")];
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, ...step(call("unit_stop_existing", name))];
    case "reload":
      return [...boot, ...step(call("unit_job", "reload", unit))];
    case "start":
      return [...boot, ...step(call("unit_start", "start", unit))];
    case "restart":
      return [...boot, ...step(call("unit_restart_existing", name))];
  }
}

const bootStep = (unit: string, automatic: boolean): Step =>
  automatic
    ? { name: "enable", script: call("unit_enable_existing", unit) }
    : { name: "disable", script: call("unit_disable_existing", unit) };

/** Even a unit that we wrote stays as it is. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(unitPath(name)), DAEMON_RELOAD];
}
