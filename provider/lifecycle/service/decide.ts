import { HostError } from "../../../model/errors";
import type { Live, Marker } from "../../../model/service";
import type { Driver } from "../../posix/managers/driver";
import { copyName, formerThereStep, obstaclesIn, obstaclesStep, type Obstacle } from "../../posix/host/former";
import { isRestartPending, markerOf } from "./definition";
import { foundOf, mustRun, type Operation } from "./operation";
import { definitionChanges, refusal, type Ownership } from "./ownership";
import { actionFor, consequenceOf, mustBeKnown, withoutReload, type Action } from "./plan";
import { pause, probe } from "./settle";
import { isNoteOf, noteOf } from "./triggers";

/** What is to be done, decided from what is there and what is wanted, and from nothing else: so it can be decided again. */
export interface Plan {
  /** Goes into the definition that is written. */
  marker: Marker;
  write: boolean;
  /** Without a change of the definition only the marker is written. */
  changes: boolean;
  setStartMode: boolean;
  action: Action;
  /** The start has to be waited for: by this run, or because an earlier one was killed while it waited. */
  unsettled: boolean;
  /** An earlier change was cut off before it had settled: what it began is on the host. */
  unfinished: boolean;
  /** Something was there before, to which a rollback can go back. */
  canRollBack: boolean;
  /** What is there is somebody else's definition and says something else: it is ended by its own means first. */
  takesOver: boolean;
  /** The manager that the former files belong to, when it is another one. */
  formerManager?: Driver;
  /** What is there is not ours: its files are kept for good, under this name. */
  original?: string;
  /** What lies in the place of a file of ours and is none. */
  obstacles: readonly Obstacle[];
}

/** Refuses what is not ours; else says what has to be done. Looks, and changes nothing. */
export async function decide(operation: Operation, live: Live, ownership: Ownership): Promise<Plan> {
  const { inputs, name, host } = operation;
  const found = foundOf(operation, live);
  if (ownership.kind === "foreign" && inputs.adopt !== true) {
    throw new HostError("remote", host, refusal(operation, found, ownership));
  }
  if (found.live.aliasOf !== undefined) {
    throw new HostError("remote", host, `${name} is only another name of ${found.live.aliasOf}: manage that one`);
  }
  const paths = [...operation.manager.paths(name), ...found.manager.paths(name)];
  const { fields } = await mustRun(operation, [formerThereStep(name), obstaclesStep([...new Set(paths)])]);
  const unfinished = fields.has("former");
  const formerManager = operation.managers.get(fields.get("former") ?? "");
  const ours = ownership.kind === "ours";
  // A mask is a link to a device.
  const obstacles = found.live.masked ? [] : obstaclesIn(fields);
  if (!ours && obstacles.length > 0 && inputs.adopt !== true)
    throw new HostError("remote", host, inTheWay(name, obstacles));
  const common = {
    unfinished,
    obstacles,
    ...(formerManager === undefined || formerManager === operation.manager ? {} : { formerManager }),
    ...((found.live.installed || obstacles.length > 0) && !ours ? { original: copyName("original") } : {}),
  };
  const ownerId = (ownership.kind === "same" || ours ? ownership.ownerId : undefined) ?? operation.newOwnerId;
  return operation.from === undefined
    ? { ...common, ...(await planHere(operation, live, { ours, ownerId, unfinished })) }
    : { ...common, ...planMove(operation, live, ownerId) };
}

/** Refuses to replace what somebody has put in the place of a file of ours. */
function inTheWay(name: string, obstacles: readonly Obstacle[]): string {
  const lines = obstacles.map(({ path, what }) => `  ${path} is ${what}`);
  return [
    `files of ${name} can't be written, and nothing was changed:`,
    ...lines,
    "Move them away; or set adopt: true, which replaces all but a folder and keeps a copy on the host.",
  ].join("\n");
}

/** What is to be done to a service that stays with its manager. */
async function planHere(
  operation: Operation,
  live: Live,
  { ours, ownerId, unfinished }: { ours: boolean; ownerId: string; unfinished: boolean },
): Promise<Omit<Plan, "unfinished" | "obstacles">> {
  const { inputs, manager } = operation;
  const changes = definitionChanges(operation, live);
  const odd = changes.length + live.unmapped.length + live.overrides.length > 0;
  const takesOver = live.installed && !ours && (odd || live.observed !== undefined);
  const triggersChanged = live.marker !== undefined && !isNoteOf(live.marker.triggers, operation.triggers);
  const restarts = !live.installed || triggersChanged || takesOver;
  const consequence = restarts ? "restart" : consequenceOf(manager, changes);
  requireKnown(operation, live, takesOver || mustBeKnown(inputs, consequence));
  const status = (await isStillNotReady(operation, live)) ? "notReady" : live.state.status;
  const situation = { status, restartPending: isRestartPending(live) };
  let action = actionFor(takesOver ? withoutReload(inputs) : inputs, situation, consequence);
  // A process is not marked as having reloaded: after a killed run it is told again.
  if (unfinished && action === "none" && status === "running" && inputs.whenChanged === "reload") action = "reload";

  // Also for the same triggers, when their note is one that others could guess a secret from.
  const noted = live.marker?.triggers === noteOf(operation.triggers);
  const changed = !ours || live.marker === undefined || live.masked || !noted || odd;
  const write = changed || live.marker?.ownerId !== ownerId;
  const wantsRestart = live.installed && consequence === "restart" && (takesOver || inputs.whenChanged !== "reload");
  return {
    marker: newMarker(operation, ownerId, wantsRestart ? live.state.incarnation : live.marker?.outdated),
    write,
    changes: changed,
    setStartMode:
      !live.installed ||
      live.masked ||
      live.startMode !== (inputs.startMode ?? "automatic") ||
      consequence === "enable",
    action,
    unsettled: ["start", "restart", "reload"].includes(action) || isDoubtful(operation, live, { ours, unfinished }),
    canRollBack: unfinished || (write && live.installed && (takesOver || live.state.status === "running")),
    takesOver,
  };
}

/** Refuses to act on a service of which nothing tells whether it runs: a start could be the second one. */
export function requireKnown({ name, host }: Pick<Operation, "name" | "host">, { state }: Live, needed: boolean): void {
  if (state.status !== "unknown" || !needed) return;
  const reason = state.reason ?? "no evidence";
  throw new HostError(
    "remote",
    host,
    `nothing tells whether ${name} runs: ${reason}. It was neither started nor stopped, and nothing was changed`,
  );
}

/** What is to be done to a service that goes from one manager to another: it ends there and starts here. */
function planMove(operation: Operation, live: Live, ownerId: string): Omit<Plan, "unfinished" | "obstacles"> {
  const { inputs, manager, from, name, host } = operation;
  const moved = `${name} is to be moved from ${from?.manager.name} to ${manager.name}`;
  if (live.installed && live.marker?.ownerId !== ownerId && live.marker?.urn !== operation.urn) {
    const files = live.files.map(({ path }) => path).join(", ");
    throw new HostError(
      "remote",
      host,
      `${moved}, which has another ${name} already (${files}): one of the two has to go first`,
    );
  }
  if (from?.live !== undefined) requireKnown(operation, from.live, true);
  const ran = from?.live?.state.pid !== undefined;
  if (inputs.hold !== undefined && ran) {
    throw new HostError("remote", host, `${moved}, which would stop it, but it is on hold: ${inputs.hold}`);
  }
  const starts = inputs.hold === undefined && (inputs.running === "unmanaged" ? ran : inputs.running !== false);
  return {
    marker: newMarker(operation, ownerId, undefined),
    write: true,
    changes: true,
    setStartMode: true,
    action: starts ? "start" : "none",
    unsettled: starts,
    canRollBack: from?.live !== undefined,
    takesOver: false,
  };
}

function newMarker(
  { urn, manager, wanted, triggers }: Operation,
  ownerId: string,
  outdated: string | undefined,
): Marker {
  return markerOf({ ownerId, urn, definition: manager.defaults(wanted), triggers, outdated });
}

/**
 * A process that we leave alone, but that may just be between two crashes: started a moment ago, last seen in trouble,
 * started by a run of ours that was killed while it waited, or found by a Create, which has to know that it does its work.
 */
export function isDoubtful(
  { inputs, former, session }: Operation,
  { state }: Live,
  { ours, unfinished }: { ours: boolean; unfinished: boolean },
): boolean {
  if (inputs.running === false || inputs.hold !== undefined || state.pid === undefined) return false;
  const age = session.facts.uptime - (state.startedUptime ?? -Infinity);
  const young = former.status !== undefined && age < (inputs.settleSeconds ?? 3);
  return (
    unfinished ||
    young ||
    (ours && former.status === undefined) ||
    (former.status !== undefined && former.status !== "running")
  );
}

/** How long a service that is not ready is looked at before it is restarted for it. */
const confirmSeconds = 15;

/**
 * A service that runs is restarted for not being ready only when a refresh has seen it so, which the preview has said, and
 * when it is still so after several looks. Where a restart can't help or is not wanted, that is an error and nothing is done.
 */
export async function isStillNotReady(operation: Operation, live: Live): Promise<boolean> {
  const { inputs, former, name, host, log } = operation;
  if (former.status !== "notReady" || live.state.status !== "running" || inputs.hold !== undefined) return false;
  const end = Date.now() + Math.min(inputs.ready?.timeoutSeconds ?? confirmSeconds, confirmSeconds) * 1000;
  for (;;) {
    const result = await probe(operation, live.state);
    if (result.ready) return false;
    const problem = `${name} runs, but is not ready: ${result.reason}`;
    if (result.stranger)
      throw new HostError("remote", host, `${problem}. A restart would not help; nothing was changed`);
    if (Date.now() >= end) {
      if (inputs.whenChanged === "defer") {
        throw new HostError("remote", host, `${problem}. It is not restarted, as whenChanged is "defer"`);
      }
      log.info(`${problem}: it is restarted`);
      return true;
    }
    await pause(operation, 2);
  }
}
