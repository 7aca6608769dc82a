import { PropertyError } from "../../../model/errors";
import { parsePath } from "../../../model/propertyPath";
import { UNKNOWN, type Props } from "../../../model/props";
import type { ServiceInputs } from "../../../schema/service";
import type { Connections } from "../connections";
import type { DiffRequest, Difference } from "../lifecycle";
import { hostOfId } from "./id";
import { managerIssues } from "./check";
import type { Context } from "./context";
import { inputsOf } from "./state/inputs";
import { announce } from "./plan/announce";
import { ignoring } from "./plan/ignore";
import { placeInState } from "./plan/place";
import { plan } from "./plan/plan";
import { seenInState } from "./plan/seen";
import { wantedBy } from "./plan/wanted";
import { recordedTriggers } from "./state/triggers";

/** Compares the inputs with the last seen state of the host. */
export function diffService(context: Context, request: DiffRequest): Difference {
  const { connections } = context;
  const { id, news, oldOutputs } = request;
  const inputs = inputsOf(news);
  const host = hostOfId(id);
  const suspended = connections.suspended(host, inputs.connection);
  if (suspended !== undefined) {
    request.log.warning(`${host} is suspended, so its services were not compared: ${suspended}`);
    return { properties: [], notes: [] };
  }
  const { recorded, manager } = placeInState(context, inputs.manager, oldOutputs.values.manager);
  const issues = managerIssues(news, [], manager);
  if (issues.length > 0) throw new PropertyError(issues);
  const replaced = replacements(inputs, oldOutputs, host, connections);
  const ignore = request.ignoreChanges.map(parsePath);
  const state = { inputs: request.oldInputs, outputs: oldOutputs, ignore };
  const given = wantedBy(news, recordedTriggers(news, oldOutputs.values), state);
  const { wanted, seen } = ignoring(given, seenInState(oldOutputs, recorded, given.triggers), manager, ignore);
  const made = plan(wanted, seen, manager);
  if (replaced.length > 0) {
    const sure = (inputs.name as unknown) !== UNKNOWN && connections.hostOf(inputs.connection) !== UNKNOWN;
    const what = `${String(oldOutputs.values.name)} ${sure ? "is" : "may be"} stopped and removed on ${host} first`;
    request.log.info(`${what}, then created and started again`);
  }
  return {
    properties: [...replaced, ...made.differences.map(({ path, kind }) => ({ path, kind }))],
    notes: replaced.length === 0 ? announce(made, wanted, seen, manager, host) : [],
  };
}

/** Name and host identify a service, so a change of either replaces it. */
function replacements(
  inputs: ServiceInputs,
  seen: Props,
  host: string,
  connections: Connections,
): Difference["properties"] {
  const all: Difference["properties"] = [];
  if (inputs.name !== seen.values.name) all.push({ path: ["name"], kind: "update", replace: true });
  const wanted = connections.hostOf(inputs.connection);
  if (wanted !== undefined && wanted !== host) {
    const path = (inputs.connection as unknown) === UNKNOWN ? ["connection"] : ["connection", "host"];
    all.push({ path, kind: "update", replace: true });
  }
  return all;
}
