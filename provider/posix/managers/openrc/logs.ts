import { call } from "../../shell/library";
import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { defaultLog } from "./name";

/** The last lines of the files that the service logs to. OpenRC itself logs to syslog only. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  return stepOf({ files: logFiles(definition, defaultLog(name)), user: definition.runAs?.user, lines });
}

/** The command that shows the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition, defaultLog(name)), `rc-service ${name} status`);
}

/** The main process, its session and its descendants. For a service that is not ours, OpenRC's records name it. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("openrc_processes", name) });
