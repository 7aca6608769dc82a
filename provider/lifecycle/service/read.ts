import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../../model/errors";
import type { HostFacts } from "../../../model/host";
import type { Props, Values } from "../../../model/props";
import type { Definition, Live } from "../../../model/service";
import type { Ready } from "../../../schema/ready";
import type { ServiceInputs } from "../../../schema/service";
import type { Host } from "../../platform";
import { probeResult, probeStep } from "../../posix/host/probes";
import { detected, detection } from "../../posix/managers";
import type { Driver } from "../../posix/managers/driver";
import type { HostCall } from "../lifecycle";
import { inputsOf, type Context } from "./context";
import { definitionOf } from "./definition";
import { parseId } from "./id";
import { managerOn, type Known } from "./place";
import { recordOf, text, type Recorded } from "./record";

type ReadRequest = HostCall & { id: string; inputs?: Props; outputs?: Props };

const secondSampleMilliseconds = 1500;

/** What is true on the host now, property by property. `undefined`: gone. Changes nothing there. */
export async function readService(context: Context, request: ReadRequest): Promise<Recorded | undefined> {
  const { id, urn, log, signal } = request;
  const parsed = parseId(id);
  const { host: hostName, name } = parsed;
  const inputs = request.inputs === undefined ? undefined : inputsOf(request.inputs);
  const suspended = context.connections.suspended(hostName, inputs?.connection);
  if (suspended !== undefined && request.inputs && request.outputs) {
    log.warning(`${hostName} is suspended, so its services were not read: ${suspended}`);
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
  return recordOf({ ...request, host: hostName, name }, { manager, ...sampled });
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
      live = withStatus(live, "flapping", `restarted ${live.state.restartCount} times, most recently just now`);
    }
  }
  if (ready !== undefined && live.state.status === "running") {
    const result = probeResult(ready, reading.fields);
    if (!result.ready) live = withStatus(live, "notReady", result.reason);
  }
  return { live, facts };
}

function withStatus(live: Live, status: Live["state"]["status"], reason: string): Live {
  return { ...live, state: { ...live.state, status, reason } };
}

/** A probe that Read may make: tcp and http change nothing, a command only when the user says so. */
function repeatable(ready: Ready | undefined): Ready | undefined {
  return ready?.command !== undefined && ready.readOnly !== true ? undefined : ready;
}
