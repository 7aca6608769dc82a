import type { HostFacts } from "../../facts";
import type { Definition } from "../../../../model/service";
import type { HostFile } from "../../shell/step";
import { formatAssignments } from "../common/assignments";
import { definitionFiles } from "../common/files";
import { environmentPath } from "../common/secrets";
import type { Driver } from "../driver";
import { preflightStep } from "../../host/preflight";
import { existingProcessesStep, existingSteps, releaseSteps } from "./existing";
import { fragment } from "./fragment";
import { machineryOf, parseLive } from "./live";
import { logStep, processesStep } from "./logs";
import { jobPath, overridePath } from "./name";
import { removal } from "./removal";
import { renderOwnJob } from "./render";
import { rules } from "./rules";
import { steps } from "./steps";
import { verify } from "./verify";

/** The first versions with `setuid` and `console log`, and with `reload signal` (upstart's NEWS). */
const OLDEST = [1, 4] as const;
const RELOAD_SIGNAL = [1, 10] as const;

/** upstart 1.x, as in Ubuntu 12.04 to 14.10. */
export const upstart: Driver = {
  ...rules,

  claims: ({ fields, facts }) => facts.init === "upstart" && fields.has("job"),

  unavailable({ init, initText, upstartVersion }) {
    if (init !== "upstart") return `the host runs ${initText}, not upstart`;
    if (isFrom(upstartVersion, OLDEST)) return undefined;
    return `the host's upstart ${upstartVersion} is older than 1.4 and can neither run a job as another user nor keep its output: use manager "lsb"`;
  },

  render(name, definition, marker, facts) {
    requireReload(definition, facts);
    const content = renderOwnJob(name, definition, marker, machineryOf(name, definition));
    const [job, ...secrets] = definitionFiles(
      name,
      definition,
      { path: jobPath(name), content, mode: "0644" },
      (secret) => formatAssignments(secret, "export "),
    );
    return [job!, ...secrets.map((file) => readableBy(definition.runAs?.user, file))];
  },

  fragment,
  parse: (name, { fields }) => parseLive(name, fields),
  preflight: (definition) => preflightStep(definition, "script"),
  verify: (_, files) => verify(files),
  steps,
  removal,
  logStep,
  processesStep,
  existingSteps,
  releaseSteps,
  existingProcessesStep: (_, seen) => existingProcessesStep(seen),
  paths: (name) => [jobPath(name), overridePath(name), environmentPath(name)],
};

/** The job's script reads the file after it has become its user, so the file belongs to that user alone. */
function readableBy(user: string | undefined, file: HostFile): HostFile {
  return user === undefined ? file : { ...file, owner: user, mode: "0400" };
}

function requireReload({ reload }: Definition, { upstartVersion }: HostFacts): void {
  if (reload?.signal !== undefined && !isFrom(upstartVersion, RELOAD_SIGNAL)) {
    throw new Error(`reload.signal: requires upstart 1.10, but the host has ${upstartVersion}`);
  }
}

function isFrom(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}
