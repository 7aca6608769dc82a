import { setTimeout as sleep } from "node:timers/promises";
import type { Props, Values } from "../../../model/props";
import type { Definition, Live, RunState } from "../../../model/service";
import type { Ready } from "../../../schema/ready";
import type { ServiceInputs } from "../../../schema/service";
import type { Facts, Host, Survey } from "../../platform";
import type { ManagerRules } from "../../rules";
import type { HostCall } from "../lifecycle";
import type { Context } from "./context";
import { parseId } from "./id";
import { importProblem } from "./import";
import { managerOn, type Known } from "./plan/place";
import { recordOf, text, type Recorded } from "./state/record";
import { inputsOf, definitionOf } from "./state/inputs";

type ReadRequest = HostCall & { id: string; inputs?: Props; outputs?: Props };

const secondSampleMilliseconds = 1500;

/** Reads a service from its host, without a change there. Returns undefined when the service is gone. */
export async function readService(context: Context, request: ReadRequest): Promise<Recorded | undefined> {
  try {
    return await read(context, request);
  } catch (error) {
    const isImport = request.inputs === undefined && request.outputs === undefined;
    throw isImport ? importProblem(error) : error;
  }
}

async function read(context: Context, request: ReadRequest): Promise<Recorded | undefined> {
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
  const about = { name, inputs, definition, before, existing: recordedExisting };
  const take = (manager: ManagerRules, ...known: [(survey: Survey) => void, Survey?]) =>
    sample(host, manager, about, signal, ...known);
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
  facts: Facts;
}

/** The service under the recorded manager, or the one that the user names, or else the one that has it. */
async function findOnHost(
  context: Context,
  host: Host,
  name: string,
  { recorded, named, ownerId, urn, existing }: Known & { existing: boolean },
  signal: AbortSignal,
  take: (manager: ManagerRules, usable: (survey: Survey) => void, first?: Survey) => Promise<Sampled>,
): Promise<{ manager: ManagerRules; sampled: Sampled }> {
  const given = recorded ?? named;
  const first = context.managers.get(given ?? "");
  if (first === undefined) {
    const survey = await host.survey({ name }, signal);
    const manager = managerOn(context, host.name, survey, given ?? survey.claimedBy);
    return { manager, sampled: await take(manager, () => {}, survey) };
  }
  const by = recorded === undefined ? "wanted" : "recorded";
  const sampled = await take(first, (survey) => void managerOn(context, host.name, survey, first.name, by));
  if (sampled.live.installed || (ownerId === undefined && !existing)) return { manager: first, sampled };
  // A run that moved the service to another manager may have been killed before it reached the state, or an administrator
  // may have moved an existing service.
  const survey = await host.survey({ name }, signal);
  const other = context.managers.get(survey.claimedBy ?? "");
  if (other === undefined || other === first || survey.unavailable(other.name) !== undefined)
    return { manager: first, sampled };
  const moved = await take(other, () => {}, survey);
  const isOurs = existing || moved.live.marker?.ownerId === ownerId || moved.live.marker?.urn === urn;
  return isOurs ? { manager: other, sampled: moved } : { manager: first, sampled };
}

interface About {
  name: string;
  inputs: ServiceInputs | undefined;
  definition: Definition;
  before: Values;
  existing: boolean;
}

/**
 * Reads the service, and again if the first sample can't be trusted: the process started recently, restarted since the last
 * read, is in transit or is not ready. `usable` throws when the host can't use the manager; `first`: a survey to reuse.
 */
async function sample(
  host: Host,
  manager: ManagerRules,
  { name, inputs, definition, before, existing }: About,
  signal: AbortSignal,
  usable: (survey: Survey) => void,
  first?: Survey,
): Promise<Sampled> {
  const ready = repeatable(inputs?.ready);
  // The processes of an existing service are known only after a read; usually they are still the recorded ones.
  const recorded = typeof before.pid === "number" ? { pid: before.pid } : undefined;
  const once = async (process: Pick<RunState, "pid" | "incarnation"> | undefined) => {
    const of = existing ? process && { process } : { definition };
    const survey = await host.survey({ name, manager: manager.name, probe: ready && of && { ready, of } }, signal);
    usable(survey);
    return { survey, live: survey.live(manager.name) };
  };
  const isFirst = first !== undefined && ready === undefined;
  let { survey, live } = isFirst ? { survey: first, live: first.live(manager.name) } : await once(recorded);
  if (existing && ready !== undefined && live.state.status === "running" && live.state.pid !== recorded?.pid)
    ({ survey, live } = await once(live.state));
  const { state } = live;
  const age = survey.facts.uptime - (state.startedUptime ?? 0);
  const restarted = state.restartCount > Number(before.restartCount ?? 0);
  const young = state.startedUptime !== undefined && age < (inputs?.settleSeconds ?? 3);
  const notReady = state.status === "running" && survey.readiness?.ready === false;
  if (state.inTransit || (state.status === "running" && (restarted || young || notReady))) {
    await sleep(secondSampleMilliseconds, undefined, { signal });
    ({ survey, live } = await once(state.status === "running" ? state : undefined));
    if (live.state.status === "running" && live.state.incarnation !== state.incarnation && !state.inTransit) {
      live = withStatus(live, "flapping", `restarted ${live.state.restartCount} times, most recently just now`);
    }
  }
  const { facts, readiness } = survey;
  if (readiness?.ready === false && live.state.status === "running")
    live = withStatus(live, "notReady", readiness.reason);
  return { live, facts };
}

function withStatus(live: Live, status: Live["state"]["status"], reason: string): Live {
  return { ...live, state: { ...live.state, status, reason } };
}

/** The probe, if Read may run it: tcp and http change nothing; a command must be marked as `readOnly`. */
function repeatable(ready: Ready | undefined): Ready | undefined {
  return ready?.command !== undefined && ready.readOnly !== true ? undefined : ready;
}
