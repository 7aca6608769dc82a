import type { HostFacts } from "../../facts";
import { managerOfScript } from "../common/scripts";
import type { Driver } from "../driver";
import { preflightStep } from "../../host/preflight";
import { definitionFiles } from "../common/files";
import { environmentPath } from "../common/secrets";
import { existingProcessesStep, existingSteps, releaseSteps } from "./existing/steps";
import { fragment } from "./fragment";
import { parseLive } from "./live";
import { logStep, processesStep } from "./logs";
import { scriptPath, type ScriptManagerName } from "./name";
import { removal } from "./removal";
import { rules } from "./rules";
import { formatSecrets, renderScript } from "./script";
import { steps } from "./steps";
import { verify } from "./verify";

/** Init scripts in /etc/init.d with the header of the Linux Standard Base, for all init systems that run such scripts. */
export const lsb: Driver = initScripts("lsb", ({ init, initText }) =>
  init === "unknown" ? `the host runs ${initText}` : undefined,
);

/** The same with start-stop-daemon(8) of dpkg, as in Debian's own scripts. */
export const startStopDaemon: Driver = initScripts("startStopDaemon", (facts) => {
  if (facts.startStopDaemon === "dpkg") return lsb.unavailable(facts);
  return facts.startStopDaemon === "none"
    ? "the host has no start-stop-daemon"
    : "the start-stop-daemon of the host is not the one of dpkg";
});

function initScripts(manager: ScriptManagerName, unavailable: (facts: HostFacts) => string | undefined): Driver {
  return {
    ...rules(manager),
    claims: (found) => managerOfScript(found) === manager,
    unavailable,

    render(name, definition, marker) {
      const content = renderScript(manager, name, definition, marker);
      return definitionFiles(name, definition, { path: scriptPath(name), content, mode: "0755" }, formatSecrets);
    },

    fragment,
    parse: (name, { fields, shared }) => parseLive(manager, name, fields, shared),
    preflight: (definition) => preflightStep(definition, "script"),
    verify: (name, files, facts) => verify(manager, name, files, facts),
    steps: (change, live, facts) => steps(manager, change, live, facts),
    removal: (name, live, facts) => removal(manager, name, live, facts),
    logStep,
    processesStep: (name, definition) => processesStep(manager, name, definition),
    existingSteps,
    releaseSteps,
    existingProcessesStep: (_, seen) => existingProcessesStep(seen),
    paths: (name) => [scriptPath(name), environmentPath(name)],
  };
}
