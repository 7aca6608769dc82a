import { HostError } from "../../../../model/errors";
import type { Facts } from "../../../platform";
import { SecretPaths, type Path, type Props, type Values } from "../../../../model/props";
import type { Live, LiveFile } from "../../../../model/service";
import type { ManagerRules } from "../../../rules";
import type { Call } from "../../lifecycle";
import { outputsOf } from "./outputs";
import { serviceId } from "../id";
import { importedInputs, importNotes, isProgram } from "../import";
import { otherMachine } from "./machine";
import { differencesOf } from "../plan/differences";
import { MARKER_LOST, seenInState, takenOver } from "../plan/seen";
import { wantedBy } from "../plan/wanted";
import { hashOf } from "../../../../model/hash";
import { KEY, recordedTriggers } from "./triggers";
import { inputsOf, definitionOf } from "./inputs";

export interface Recorded {
  id: string;
  inputs: Props;
  outputs: Props;
}

/** The record of a service that Read found; undefined when it is gone. An import has no `inputs` and `outputs`. */
export function recordOf(
  request: Call & { host: string; name: string; inputs?: Props; outputs?: Props },
  sighting: { manager: ManagerRules; live: Live; facts: Facts },
): Recorded | undefined {
  const { urn, host, name, log } = request;
  const { manager, live: found, facts } = sighting;
  const before = request.outputs?.values ?? {};
  const inputs = request.inputs === undefined ? undefined : inputsOf(request.inputs);
  // A mask hides the definition without changing it.
  const unmasked = found.masked && request.outputs ? { ...found, definition: definitionOf(request.outputs) } : found;
  const wrongName = request.inputs === undefined && found.installed ? manager.validateName(name) : undefined;
  if (wrongName !== undefined) throw new HostError("remote", host, `${name} can't be imported: its name ${wrongName}`);
  const ownerId = text(before.ownerId);
  const marked = ownerId === undefined ? unmasked : withLostMarker(unmasked);
  const newer = request.outputs && marked.marker?.urn === urn && marked.marker.ownerId !== ownerId;
  const live = newer ? withNewerMarker(marked) : marked;
  const existing = inputs?.existing === true || (request.outputs === undefined && isProgram(live));
  const ids = otherMachine(facts, text(before.machineId));
  const isOurs = live.marker !== undefined && live.marker.ownerId === ownerId;
  if (ids !== undefined) {
    if (!live.installed) log.warning(`${host} is a different machine or was reinstalled (${ids}), and has no ${name}`);
    else if (isOurs) log.warning(`${host} has a new machine id, but the same ${name} (${ids})`);
    else if (existing)
      log.warning(`${host} is a different machine (${ids}); ${name} is the service that is defined there`);
    else
      throw new HostError(
        "remote",
        host,
        `is a different machine (${ids}), and its ${name} does not belong to this resource`,
      );
  }
  if (!live.installed) return undefined;
  if (live.marker !== undefined && ownerId !== undefined && !isOurs && !newer) {
    const owner = `${live.marker.urn} (owner ${live.marker.ownerId})`;
    throw new HostError(
      "remote",
      host,
      `${name} now belongs to ${owner}, and no longer to this resource (owner ${ownerId})`,
    );
  }

  for (const warning of live.warnings) log.warning(`${name} on ${host}: ${warning}`);
  if (live.state.reason !== undefined && live.state.status !== "running") {
    log.warning(`${name} on ${host} is ${live.state.status}: ${live.state.reason}`);
  }
  const imported = live.marker?.urn === urn ? live.marker.ownerId : undefined;
  const wantedTriggers = inputs?.triggers ?? (before.triggers as Values | undefined);
  // A process other than the recorded one started later, and has seen the wanted triggers.
  const sameProcess = live.state.pid !== undefined && live.state.pid === before.pid;
  const triggers = existing && sameProcess ? (before.triggers as Values | undefined) : wantedTriggers;
  const outputs = outputsOf({
    name,
    manager,
    live,
    facts,
    ownerId: request.outputs === undefined ? imported : ownerId,
    triggers,
    existing,
    restartPending: existing && hashOf(triggers ?? {}) !== hashOf(wantedTriggers ?? {}),
    triggersKey: text(before[KEY]),
    passwords: [request.inputs, request.outputs].map((props) => props && definitionOf(props)),
    inputSecrets: [...(request.inputs?.secrets ?? []), ...below(request.outputs, ["triggers"])],
  });
  if (existing && request.outputs !== undefined) {
    for (const path of changedFiles(before, live)) log.warning(`${name} on ${host}: ${path} has changed`);
  }
  if (existing && request.inputs === undefined) for (const line of importNotes(name, live)) log.info(line);
  const seen =
    request.inputs === undefined
      ? importedInputs(host, name, live)
      : refreshedInputs(request.inputs, outputs, live, manager);
  return { id: serviceId(host, name), inputs: seen, outputs };
}

/** The files of an existing service that differ from the record. They are reported, never repaired. */
function changedFiles(before: Values, live: Live): string[] {
  const recorded = new Map(((before.files ?? []) as LiveFile[]).map((file) => [file.path, JSON.stringify(file)]));
  const now = new Map(live.files.map((file) => [file.path, JSON.stringify(file)]));
  return [...new Set([...recorded.keys(), ...now.keys()])].filter((path) => recorded.get(path) !== now.get(path));
}

/** Reports that the marker of the resource's service is gone: someone replaced the file or removed the comment. */
function withLostMarker(live: Live): Live {
  if (!live.installed || live.masked || live.marker !== undefined) return live;
  const lost = { file: live.files[0]?.path ?? "", line: MARKER_LOST };
  return { ...live, unmapped: [lost, ...live.unmapped] };
}

/**
 * Reports that another run of this resource took the service over and was killed before it reached the state. The owner id
 * stays the recorded one, which may be of a replaced service that is still to be deleted. The line makes the next `up` take
 * over the service.
 */
function withNewerMarker(live: Live): Live {
  const { ownerId = "" } = live.marker ?? {};
  return { ...live, unmapped: [{ file: live.files[0]?.path ?? "", line: takenOver(ownerId) }, ...live.unmapped] };
}

/** The old inputs, with live values for the properties that differ. All others, also unset ones, stay as the user gave them. */
function refreshedInputs(inputs: Props, outputs: Props, live: Live, manager: ManagerRules): Props {
  const { secretEnvironment: _, ...definition } = live.definition;
  const found: Values = {
    ...definition,
    startMode: live.startMode,
    running: outputs.values.running,
    triggers: outputs.values.triggers,
    manager: outputs.values.manager,
  };
  const values = { ...inputs.values };
  const secrets = new SecretPaths(inputs.secrets);
  const wanted = wantedBy(inputs, recordedTriggers(inputs, outputs.values));
  for (const { path } of differencesOf(wanted, seenInState(outputs, manager, wanted.triggers))) {
    const property = String(path[0]);
    if (["unmapped", "restartPending", "existing"].includes(property)) continue;
    if (found[property] === undefined) delete values[property];
    else values[property] = found[property];
    for (const path of below(outputs, [property])) secrets.add(path);
  }
  for (const key of live.definition.secretEnvironment ?? []) secrets.add(["environment", key]);
  return { values, secrets };
}

/** The secret paths in some properties. */
function below(props: Props | undefined, properties: readonly string[]): Path[] {
  return [...(props?.secrets ?? [])].filter(([property]) => properties.includes(String(property)));
}

/** A recorded text; undefined when it is missing. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
