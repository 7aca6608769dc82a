import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../../model/errors";
import { SecretPaths, type Path, type Props, type Values } from "../../../model/props";
import type { Definition, Live, LiveFile } from "../../../model/service";
import type { Ready, ServiceInputs } from "../../../schema/service";
import type { HostFacts } from "../../../model/host";
import type { Host } from "../../platform";
import { probeResult, probeStep } from "../../posix/host/probes";
import { detected, detection } from "../../posix/managers";
import type { Driver } from "../../posix/managers/driver";
import type { HostCall } from "../lifecycle";
import { inputsOf, type Context } from "./context";
import { definitionOf, outputsOf } from "./definition";
import { importedInputs, importNotes, isProgram } from "./import";
import { parseId, serviceId } from "./id";
import { otherMachine } from "./machine";
import { managerOn, type Known } from "./place";
import { differencesOf } from "./plan/differences";
import { MARKER_LOST, seenInState, takenOver } from "./plan/seen";
import { wantedBy } from "./plan/wanted";
import { hashOf, KEY, recordedTriggers } from "./triggers";

type ReadRequest = HostCall & { id: string; inputs?: Props; outputs?: Props };
type ReadAnswer = { id: string; inputs: Props; outputs: Props };

const secondSampleMilliseconds = 1500;

/** What is true on the host now, property by property. `undefined`: gone. Changes nothing there. */
export async function readService(context: Context, request: ReadRequest): Promise<ReadAnswer | undefined> {
  const { id, urn, log, signal } = request;
  const parsed = parseId(id);
  const { host: hostName, name } = parsed;
  const inputs = request.inputs === undefined ? undefined : inputsOf(request.inputs);
  const suspended = context.connections.suspended(hostName, inputs?.connection);
  if (suspended !== undefined && request.inputs && request.outputs) {
    log.warning(`${hostName} is suspended, not asked: ${suspended}`);
    return { id, inputs: request.inputs, outputs: request.outputs };
  }
  const before = request.outputs?.values ?? {};
  const host = context.connections.host(hostName, inputs?.connection, log);
  const recordedProps = request.outputs ?? request.inputs;
  const definition = recordedProps === undefined ? {} : definitionOf(recordedProps);
  const recordedExisting = inputs?.existing === true;
  const take = (manager: Driver) =>
    sample(host, manager, { name, inputs, definition, before, existing: recordedExisting }, signal);
  const known = {
    recorded: text(before.manager),
    named: parsed.manager,
    ownerId: text(before.ownerId),
    urn,
    existing: recordedExisting,
  };
  const { manager, sampled } = await findOnHost(context, host, name, known, signal, take);
  const { live: found, facts } = sampled;
  // A mask hides the definition, it does not change it.
  const unmasked = found.masked && request.outputs ? { ...found, definition: definitionOf(request.outputs) } : found;
  const wrongName = request.inputs === undefined && found.installed ? manager.validateName(name) : undefined;
  if (wrongName !== undefined)
    throw new HostError("remote", hostName, `${name} can't be imported: its name ${wrongName}`);
  const ownerId = text(before.ownerId);
  const marked = ownerId === undefined ? unmasked : withLostMarker(unmasked);
  const newer = request.outputs && marked.marker?.urn === urn && marked.marker.ownerId !== ownerId;
  const live = newer ? withNewerMarker(marked) : marked;
  const existing = recordedExisting || (request.outputs === undefined && isProgram(live));
  const ids = otherMachine(facts, text(before.machineId));
  const isOurs = live.marker !== undefined && live.marker.ownerId === ownerId;
  if (ids !== undefined) {
    if (!live.installed)
      log.warning(`${hostName} is another machine or was installed anew (${ids}), and has no ${name}`);
    else if (isOurs) log.warning(`${hostName} has a new machine id, but the same ${name} (${ids})`);
    else if (existing) log.warning(`${hostName} is another machine (${ids}); ${name} is the one that is defined there`);
    else
      throw new HostError(
        "remote",
        hostName,
        `is another machine (${ids}), and its ${name} is not the one of this resource`,
      );
  }
  if (!live.installed) return undefined;
  if (live.marker !== undefined && ownerId !== undefined && !isOurs && !newer) {
    const owner = `${live.marker.urn} (owner ${live.marker.ownerId})`;
    throw new HostError(
      "remote",
      hostName,
      `${name} now belongs to ${owner}, and no longer to this resource (owner ${ownerId})`,
    );
  }

  for (const warning of live.warnings) log.warning(`${name} on ${hostName}: ${warning}`);
  if (live.state.reason !== undefined && live.state.status !== "running") {
    log.warning(`${name} on ${hostName} is ${live.state.status}: ${live.state.reason}`);
  }
  const imported = live.marker?.urn === urn ? live.marker.ownerId : undefined;
  const wantedTriggers = inputs?.triggers ?? (before.triggers as Values | undefined);
  // A process that is another one than the one recorded has been started since, and has seen them.
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
    inputSecrets: [...(request.inputs?.secrets ?? []), ...below(request.outputs, ["triggers"])],
  });
  if (existing && request.outputs !== undefined) {
    for (const path of changedFiles(before, live)) log.warning(`${name} on ${hostName}: ${path} has changed`);
  }
  if (existing && request.inputs === undefined) for (const line of importNotes(name, live)) log.info(line);
  const seen =
    request.inputs === undefined
      ? importedInputs(hostName, name, live)
      : refreshedInputs(request.inputs, outputs, live, manager);
  return { id: serviceId(hostName, name), inputs: seen, outputs };
}

/** The files of an existing service that are no longer as they were recorded: shown, and never repaired. */
function changedFiles(before: Values, live: Live): string[] {
  const recorded = new Map(((before.files ?? []) as LiveFile[]).map((file) => [file.path, JSON.stringify(file)]));
  const now = new Map(live.files.map((file) => [file.path, JSON.stringify(file)]));
  return [...new Set([...recorded.keys(), ...now.keys()])].filter((path) => recorded.get(path) !== now.get(path));
}

interface Sampled {
  live: Live;
  facts: HostFacts;
}

/** The service under the manager that the state or the user names, or else under the one that has it. */
async function findOnHost(
  context: Context,
  host: Host,
  name: string,
  { recorded, named, ownerId, urn, existing }: Known & { existing: boolean },
  signal: AbortSignal,
  take: (manager: Driver) => Promise<Sampled>,
): Promise<{ manager: Driver; sampled: Sampled }> {
  const first = context.managers.get(recorded ?? named ?? "");
  if (first === undefined) {
    const reading = await host.read(detection, name, signal);
    const manager = managerOn(context, host.name, reading.facts, recorded ?? named ?? detected(reading));
    return { manager, sampled: await take(manager) };
  }
  const by = recorded === undefined ? "wanted" : "recorded";
  const sampled = await take(first).catch(async (error: unknown) => {
    // Facts come with every read; only one that failed has to ask for them.
    if (error instanceof HostError && error.kind === "remote") {
      managerOn(context, host.name, await host.facts(signal), first.name, by);
    }
    throw error;
  });
  managerOn(context, host.name, sampled.facts, first.name, by);
  if (sampled.live.installed || (ownerId === undefined && !existing)) return { manager: first, sampled };
  // A run of ours that moved it to another manager may have been killed before the state was told; an existing service
  // may have been moved by those who define it.
  const other = context.managers.get(detected(await host.read(detection, name, signal)) ?? "");
  if (other === undefined || other === first || other.unavailable(sampled.facts) !== undefined)
    return { manager: first, sampled };
  const moved = await take(other);
  const isOurs = existing || moved.live.marker?.ownerId === ownerId || moved.live.marker?.urn === urn;
  return isOurs ? { manager: other, sampled: moved } : { manager: first, sampled };
}

/** One look, and a second one when the first can't be trusted: started a moment ago, restarted since, or on its way. */
async function sample(
  host: Host,
  manager: Driver,
  about: { name: string; inputs: ServiceInputs | undefined; definition: Definition; before: Values; existing: boolean },
  signal: AbortSignal,
): Promise<Sampled> {
  const { name, inputs, definition, before, existing } = about;
  const ready = repeatable(inputs?.ready);
  // Which processes are those of an existing service is known when it has been looked at.
  const processes = (seen: Live | undefined) => {
    if (!existing) return manager.processesStep(name, definition);
    return seen?.state.status === "running" ? manager.existingProcessesStep(name, seen) : undefined;
  };
  const once = async (seen?: Live) => {
    const step = processes(seen);
    const extra = ready && step && probeStep(ready, step);
    const reading = await host.read(manager.fragment, name, signal, extra);
    return { reading, facts: reading.facts, live: manager.parse(name, reading) };
  };
  let { reading, facts, live } = await once();
  if (existing && ready !== undefined && live.state.status === "running") ({ reading, facts, live } = await once(live));
  const { state } = live;
  const age = facts.uptime - (state.startedUptime ?? 0);
  const restarted = state.restartCount > Number(before.restartCount ?? 0);
  const young = state.startedUptime !== undefined && age < (inputs?.settleSeconds ?? 3);
  const notReady = ready !== undefined && state.status === "running" && !probeResult(ready, reading.fields).ready;
  if (state.inTransit || (state.status === "running" && (restarted || young || notReady))) {
    await sleep(secondSampleMilliseconds, undefined, { signal });
    ({ reading, facts, live } = await once(live));
    if (live.state.status === "running" && live.state.incarnation !== state.incarnation && !state.inTransit) {
      live = withStatus(live, "flapping", `restarted ${live.state.restartCount} times, just now again`);
    }
  }
  if (ready !== undefined && live.state.status === "running") {
    const result = probeResult(ready, reading.fields);
    if (!result.ready) live = withStatus(live, "notReady", result.reason);
  }
  return { live, facts };
}

/** A service of ours whose file no longer says so: somebody has put another one there, or taken the comment away. */
function withLostMarker(live: Live): Live {
  if (!live.installed || live.masked || live.marker !== undefined) return live;
  const lost = { file: live.files[0]?.path ?? "", line: MARKER_LOST };
  return { ...live, unmapped: [lost, ...live.unmapped] };
}

/**
 * A run of this resource took it over and was killed before the state was told. The owner id stays the recorded one, which
 * may be of a service that was replaced and is to be deleted; the line makes the next `up` take over what it finds.
 */
function withNewerMarker(live: Live): Live {
  const { ownerId = "" } = live.marker ?? {};
  return { ...live, unmapped: [{ file: live.files[0]?.path ?? "", line: takenOver(ownerId) }, ...live.unmapped] };
}

function withStatus(live: Live, status: Live["state"]["status"], reason: string): Live {
  return { ...live, state: { ...live.state, status, reason } };
}

/** A probe that Read may make: tcp and http change nothing, a command only when the user says so. */
function repeatable(ready: Ready | undefined): Ready | undefined {
  return ready?.command !== undefined && ready.readOnly !== true ? undefined : ready;
}

/** The old inputs with live values where these differ; everything else, unset properties too, as the user gave it. */
function refreshedInputs(inputs: Props, outputs: Props, live: Live, manager: Driver): Props {
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

/** The secrets in some properties. */
function below(props: Props | undefined, properties: readonly string[]): Path[] {
  return [...(props?.secrets ?? [])].filter(([property]) => properties.includes(String(property)));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
