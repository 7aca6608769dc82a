import { preflightStep } from "../../host/preflight";
import { formatEnvironmentFile } from "./environmentFile";
import { existingSteps, releaseSteps } from "./existing";
import { fragment } from "./fragment";
import { parseLive } from "./live";
import { logStep, processesStep } from "./logs";
import { definitionFiles } from "../common/files";
import { environmentPath } from "../common/secrets";
import { formatMarker } from "../common/marker";
import type { Driver } from "../driver";
import { unitPath } from "./name";
import { removal } from "./removal";
import { rules } from "./rules";
import { steps } from "./steps";
import { renderUnit } from "./unit";
import { verify } from "./verify";

/** systemd(1), version 219 or newer. */
export const systemd: Driver = {
  ...rules,
  claims: ({ fields, facts }) => facts.init === "systemd" && fields.has("unit"),
  unavailable: ({ init, initText }) => (init === "systemd" ? undefined : `the host runs ${initText}, not systemd`),

  render(name, definition, marker, { systemdVersion }) {
    const context = { environmentFile: environmentPath(name), systemdVersion };
    const content = renderUnit(definition, context, formatMarker(marker));
    return definitionFiles(name, definition, { path: unitPath(name), content, mode: "0644" }, formatEnvironmentFile);
  },

  fragment,
  parse: (name, { fields }) => parseLive(name, fields),
  preflight: (definition) => preflightStep(definition, "systemd"),
  verify,
  steps,
  removal,
  logStep,
  processesStep,
  existingSteps,
  releaseSteps,
  existingProcessesStep: (name) => processesStep(name),
  paths: (name) => [unitPath(name), environmentPath(name)],
};
