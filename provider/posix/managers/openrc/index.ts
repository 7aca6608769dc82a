import { formatAssignments } from "../common/assignments";
import { definitionFiles } from "../common/files";
import { environmentPath } from "../common/secrets";
import { managerOfScript } from "../common/scripts";
import type { Driver } from "../driver";
import { preflightStep } from "../../host/preflight";
import { existingProcessesStep, existingSteps, releaseSteps } from "./existing";
import { fragment } from "./fragment";
import { parseLive } from "./live";
import { logStep, processesStep } from "./logs";
import { confPath, scriptPath } from "./name";
import { removal } from "./removal";
import { rules } from "./rules";
import { renderScript } from "./script";
import { steps } from "./steps";
import { verify } from "./verify";

/** OpenRC: openrc-run(8), supervise-daemon(8), rc-service(8), rc-update(8). */
export const openrc: Driver = {
  ...rules,
  claims: (found) => managerOfScript(found) === "openrc",
  unavailable: ({ init, initText }) => (init === "openrc" ? undefined : `the host runs ${initText}, not OpenRC`),

  render(name, definition, marker) {
    const script = { path: scriptPath(name), content: renderScript(name, definition, marker), mode: "0755" };
    return definitionFiles(name, definition, script, formatAssignments);
  },

  fragment,
  parse: (name, { fields }) => parseLive(name, fields),
  preflight: (definition) => preflightStep(definition, "script"),
  verify,
  steps,
  removal,
  logStep,
  processesStep,
  existingSteps,
  releaseSteps,
  existingProcessesStep: (_, seen) => existingProcessesStep(seen),
  paths: (name) => [scriptPath(name), confPath(name), environmentPath(name)],
};
