import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logCommand, logFiles, logStep as stepOf } from "../common/log";
import { logPath, scriptPath, type ScriptManagerName } from "./name";
import { functionsOf } from "./machinery";
import { settingsText } from "./script";
import { isOurScript } from "./shell";

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
export function processesStep(manager: ScriptManagerName, name: string, definition: Definition): Step {
  const script = `
processes=
# Not within the command substitution: bash before 4.2 (CentOS 6) takes the ")" of a case in it for its end.
ours() (
set +u
${settingsText(name, definition, manager)}${functionsOf(manager)}
  load
  alive "$pid" "$pidBorn" || exit 0
  members "$pid"
  for member in $members; do printf '%s ' "\${member%%:*}"; done
)
! ${isOurScript(name)} || processes=$(ours)
processes=\${processes% }
emit processes "$processes"`;
  return { name: "processes", script };
}
