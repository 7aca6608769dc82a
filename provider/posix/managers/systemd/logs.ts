import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { unitName } from "./name";

/** The last lines of the journal, which also reports failed starts, and of the files that the service logs to. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const before = call("journal_end", unitName(name), lines, "sync");
  return stepOf({ files: logFiles(definition), user: definition.runAs?.user, lines, titled: true, before });
}

/** The command that shows the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition), `journalctl -u ${unitName(name)} -n 100`);
}

/** All processes in the unit's control group (cgroup version 1 or 2), or at least the main process. */
export const processesStep = (name: string): Step => ({
  name: "processes",
  script: call("unit_processes", unitName(name)),
});
