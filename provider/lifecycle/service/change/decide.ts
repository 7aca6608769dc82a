import { HostError } from "../../../../model/errors";
import type { Values } from "../../../../model/props";
import type { Live, ManagerName, Marker } from "../../../../model/service";
import type { Obstacle } from "../../../platform";
import { probe, type Operation } from "./operation";
import { refusal, type Ownership } from "../plan/ownership";
import { ignoring } from "../plan/ignore";
import { plan, type Plan } from "../plan/plan";
import { seenOnHost, type OnHost } from "../plan/seen";
import { pause } from "./settle";
import { markerOf } from "../state/marker";
import { foundOf } from "../plan/place";

/** A plan for this host, with what is needed to apply it. */
export interface Decision extends Plan {
  /** The marker for the definition. */
  marker: Marker;
  /** The manager whose files are in the backup, when it is a different one. */
  formerManager?: ManagerName;
  /** Things that are in the place of the service's files. */
  obstacles: readonly Obstacle[];
}

/** Decides what to do; refuses unmanaged services unless they may be adopted. Changes nothing on the host. */
export async function decide(operation: Operation, live: Live, ownership: Ownership): Promise<Decision> {
  const { inputs, name, host, manager, survey, wanted, urn, triggers, newOwnerId } = operation;
  const found = foundOf(operation, live);
  if (ownership.kind === "foreign" && inputs.adopt !== true) {
    throw new HostError("remote", host, refusal(operation, found, ownership));
  }
  // A mask is a link to /dev/null, and no obstacle.
  const obstacles = found.live.masked ? [] : survey.obstacles([manager.name, found.manager.name]);
  if (ownership.kind !== "ours" && obstacles.length > 0 && inputs.adopt !== true)
    throw new HostError("remote", host, inTheWay(name, obstacles));
  const planned = await planOnHost(operation, live, ownership, {
    unfinished: survey.unfinished !== undefined,
    obstructed: obstacles.length > 0,
  });
  const { ownerId = newOwnerId, outdated } = planned;
  const formerManager = survey.unfinished?.manager;
  return {
    ...planned,
    marker: markerOf({ ownerId, urn, definition: manager.defaults(wanted), triggers, outdated }),
    obstacles,
    ...(formerManager === undefined || formerManager === manager.name ? {} : { formerManager }),
  };
}

/** The error for obstacles in the place of the service's files. */
function inTheWay(name: string, obstacles: readonly Obstacle[]): string {
  const lines = obstacles.map(({ path, what }) => `  ${path} is ${what}`);
  return [
    `files of ${name} can't be written, and nothing was changed:`,
    ...lines,
    "Move them away, or set adopt: true, which replaces everything except folders and keeps a copy on the host.",
  ].join("\n");
}

/** Plans for the service as found on the host. Throws when the plan can't be applied. */
export async function planOnHost(
  operation: Operation,
  live: Live,
  ownership: Ownership,
  files: Pick<OnHost, "unfinished" | "obstructed"> = { unfinished: false, obstructed: false },
): Promise<Plan> {
  const { inputs, wanted, triggers, former, state, ignore, manager, from, session, name, host, log } = operation;
  const found = foundOf(operation, live);
  const notReady = from === undefined ? await stillNotReady(operation, live) : undefined;
  const onHost: OnHost = {
    ...files,
    formerStatus: former.status,
    age: session.facts.uptime - (found.live.state.startedUptime ?? -Infinity),
    notReady,
    overridden: live.overrides.length > 0,
    rival: from === undefined ? undefined : rivalOf(operation, live, ownership),
    deserted: from !== undefined && from.live === undefined,
  };
  const all = { values: inputs as unknown as Values, inputs, definition: wanted, triggers };
  const given = { ...all, formerTriggers: former.triggers };
  const rules = from?.manager ?? manager;
  const seen = seenOnHost({ live: found.live, rules, ownership, state, wanted: given, onHost });
  const both = ignoring(given, seen, manager, ignore);
  const planned = plan(both.wanted, both.seen, manager);
  if (planned.refusal !== undefined) throw new HostError("remote", host, planned.refusal.error);
  if (notReady !== undefined && planned.action === "restart") {
    log.info(`${name} runs, but is not ready: ${notReady.reason}; restarting it`);
  }
  return planned;
}

/** The files of another service of this name, under the manager that this one moves to. */
function rivalOf({ urn, newOwnerId }: Operation, live: Live, ownership: Ownership): string | undefined {
  const ownerId =
    (ownership.kind === "ours" || ownership.kind === "same" ? ownership.ownerId : undefined) ?? newOwnerId;
  const isOther = live.installed && live.marker?.ownerId !== ownerId && live.marker?.urn !== urn;
  return isOther ? live.files.map(({ path }) => path).join(", ") : undefined;
}

/** How long a service must stay not ready before it is restarted. */
const confirmSeconds = 15;

/**
 * A running service that is not ready is restarted only if a refresh saw it not ready, so that the preview announced the
 * restart, and if repeated probes confirm it.
 */
async function stillNotReady(operation: Operation, live: Live): Promise<OnHost["notReady"]> {
  const { inputs, former } = operation;
  if (former.status !== "notReady" || live.state.status !== "running") return undefined;
  if (inputs.hold !== undefined || (inputs.running ?? true) !== true) return undefined;
  const end = Date.now() + Math.min(inputs.ready?.timeoutSeconds ?? confirmSeconds, confirmSeconds) * 1000;
  for (;;) {
    const { readiness } = await probe(operation, live.state);
    if (readiness === undefined || readiness.ready) return undefined;
    const { reason, stranger } = readiness;
    if (stranger || Date.now() >= end) return { reason, stranger };
    await pause(operation, 2);
  }
}
