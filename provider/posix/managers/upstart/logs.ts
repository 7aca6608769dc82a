import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { consoleLogPath } from "./name";

/** The last lines of upstart's log of the job, of its own files, and of what upstart said of it to the kernel. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const after = call("kernel_end", ` init: ${name} `, 5);
  const files = [...new Set([consoleLogPath(name), ...logFiles(definition)])];
  return stepOf({ files, user: definition.runAs?.user, lines, titled: true, after });
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition), logCommand([consoleLogPath(name)], ""));
}

/** The processes of the job's session: upstart starts each program as the leader of one. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("job_processes", name) });
