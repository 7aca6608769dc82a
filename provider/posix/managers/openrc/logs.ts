import { call } from "../../shell/library";
import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { defaultLog } from "./name";

/** The last lines of the files that the service logs to. OpenRC itself only tells syslog, if there is one. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  return stepOf({ files: logFiles(definition, defaultLog(name)), user: definition.runAs?.user, lines });
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition, defaultLog(name)), `rc-service ${name} status`);
}

/** The main process with its session and what came of it; one that is not ours is known by OpenRC's records. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("openrc_processes", name) });
