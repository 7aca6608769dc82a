import type { Live } from "../../../../model/service";
import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { environmentPath } from "../common/secrets";
import { RELOAD_CONFIGURATION, stopStep } from "./steps";

/**
 * Takes a job away, also one of which half is gone. It is stopped first: without its file upstart would let it run on.
 * Upstart's log of it stays, as a journal would.
 */
export function removal(name: string, live: Live): Step[] {
  return [
    stopStep(name, live.definition),
    { name: "remove files", script: call("job_remove", name, environmentPath(name)) },
    RELOAD_CONFIGURATION,
  ];
}
