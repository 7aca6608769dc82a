import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { consoleLogPath } from "./name";

/** The last lines of upstart's log of the job, of the job's own log files, and of upstart's messages in the kernel log. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const after = call("kernel_end", ` init: ${name} `, 5);
  const files = [...new Set([consoleLogPath(name), ...logFiles(definition)])];
  return stepOf({ files, user: definition.runAs?.user, lines, titled: true, after });
}

/** The command that shows the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition), logCommand([consoleLogPath(name)], ""));
}

/** The processes of the job's session: upstart starts each program as a session leader. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("job_processes", name) });
