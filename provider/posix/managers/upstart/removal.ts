import type { Live } from "../../../../model/service";
import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { environmentPath } from "../common/secrets";
import { RELOAD_CONFIGURATION, stopStep } from "./steps";

/**
 * Removes a job, even one that is already half removed. It is stopped first, because upstart keeps a job running whose file
 * is deleted. Upstart's log of the job stays, as a journal would.
 */
export function removal(name: string, live: Live): Step[] {
  return [
    stopStep(name, live.definition),
    { name: "remove files", script: call("job_remove", name, environmentPath(name)) },
    RELOAD_CONFIGURATION,
  ];
}
