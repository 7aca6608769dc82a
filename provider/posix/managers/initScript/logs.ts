import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { logPath, scriptPath, type ScriptManagerName } from "./name";
import { partsOf } from "./shell";

/** The last lines of the files that the service logs to and, on a host with systemd, of its script's journal. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const before = call("journal_end", `${name}.service`, lines);
  return stepOf({ files: logFiles(definition, logPath(name)), user: definition.runAs?.user, lines, before });
}

/** The command that shows the log. */
export function logHint(name: string, definition: Definition): string {
  return logCommand(logFiles(definition, logPath(name)), `${scriptPath(name)} status`);
}

/** The main process and its descendants. */
export const processesStep = (manager: ScriptManagerName, name: string, definition: Definition): Step => ({
  name: "processes",
  script: call("script_processes", name, ...partsOf(manager, name, definition)),
});
