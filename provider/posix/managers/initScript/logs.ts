import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { logPath, scriptPath, type ScriptManagerName } from "./name";
import { partsOf } from "./shell";

/** The last lines of the files that the service logs to, and on a host with systemd of what its script said there. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const before = call("journal_end", `${name}.service`, lines);
  return stepOf({ files: logFiles(definition, logPath(name)), user: definition.runAs?.user, lines, before });
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition, logPath(name)), `${scriptPath(name)} status`);
}

/** The main process with all that it has started. */
export const processesStep = (manager: ScriptManagerName, name: string, definition: Definition): Step => ({
  name: "processes",
  script: call("script_processes", name, ...partsOf(manager, name, definition)),
});
