import { randomUUID } from "node:crypto";
import { HostError } from "../../../model/errors";
import type { Live, Marker } from "../../../model/service";
import { copyName, formerThereStep } from "../../hosts/posix/former";
import { hashOf, isRestartPending, markerOf } from "./definition";
import { mustRun, type Operation } from "./operation";
import { definitionChanges, refusal, type Ownership } from "./ownership";
import { actionFor, consequenceOf, type Action } from "./plan";
import { pause, probe } from "./settle";

/** What is to be done, decided from what is there and what is wanted, and from nothing else: so it can be decided again. */
export interface Plan {
  /** Goes into the definition that is written. */
  marker: Marker;
  write: boolean;
  setStartMode: boolean;
  action: Action;
  /** The start has to be waited for: by this run, or because an earlier one was killed while it waited. */
  unsettled: boolean;
  /** An earlier change was cut off before it had settled: what it began is on the host. */
  unfinished: boolean;
  /** Something ran before, to which a rollback can go back. */
  canRollBack: boolean;
  /** What is there is not ours: its files are kept for good, under this name. */
  original?: string;
}

/** Refuses what is not ours; else says what has to be done. Looks, and changes nothing. */
export async function decide(operation: Operation, live: Live, ownership: Ownership): Promise<Plan> {
  const { inputs, manager, name, host } = operation;
  if (ownership.kind === "foreign" && inputs.adopt !== true) {
    throw new HostError("remote", host, refusal(operation, live, ownership));
  }
  if (live.aliasOf !== undefined) {
    throw new HostError("remote", host, `${name} is only another name of ${live.aliasOf}: manage that one`);
  }
  const { fields } = await mustRun(operation, [formerThereStep(name)]);
  const unfinished = fields.get("former") === "yes";

  const changes = definitionChanges(operation, live);
  const triggersChanged = live.marker !== undefined && live.marker.triggers !== hashOf(inputs.triggers ?? {});
  const consequence = !live.installed || triggersChanged ? "restart" : consequenceOf(manager, changes);
  const status = (await isStillNotReady(operation, live)) ? "notReady" : live.state.status;
  let action = actionFor(inputs, { status, restartPending: isRestartPending(live) }, consequence);
  // A process is not marked as having reloaded: after a killed run it is told again.
  if (unfinished && action === "none" && status === "running" && inputs.whenChanged === "reload") action = "reload";

  const ours = ownership.kind === "ours";
  const write =
    !ours ||
    live.marker === undefined ||
    live.masked ||
    triggersChanged ||
    changes.length + live.unmapped.length + live.overrides.length > 0;
  const wantsRestart = live.installed && consequence === "restart" && inputs.whenChanged !== "reload";
  return {
    marker: markerOf({
      ownerId: (ownership.kind === "same" || ours ? ownership.ownerId : undefined) ?? randomUUID(),
      urn: operation.urn,
      definition: manager.resolve(operation.wanted),
      triggers: inputs.triggers,
      outdated: wantsRestart ? live.state.incarnation : live.marker?.outdated,
    }),
    write,
    setStartMode:
      !live.installed ||
      live.masked ||
      live.startMode !== (inputs.startMode ?? "automatic") ||
      consequence === "enable",
    action,
    unsettled: ["start", "restart", "reload"].includes(action) || isDoubtful(operation, live, unfinished),
    unfinished,
    canRollBack: unfinished || (write && live.installed && live.state.status === "running"),
    ...(live.installed && !ours ? { original: copyName("original") } : {}),
  };
}

/**
 * A process that we leave alone, but that may just be between two crashes: started a moment ago, last seen in trouble, or
 * started by a run of ours that was killed while it waited.
 */
function isDoubtful({ inputs, former, session }: Operation, { state }: Live, unfinished: boolean): boolean {
  if (inputs.running === false || inputs.hold !== undefined || state.pid === undefined) return false;
  const age = session.facts.uptime - (state.startedUptime ?? -Infinity);
  const young = former.status !== undefined && age < (inputs.settleSeconds ?? 3);
  return unfinished || young || (former.status !== undefined && former.status !== "running");
}

/** How long a service that is not ready is looked at before it is restarted for it. */
const confirmSeconds = 15;

/**
 * A service that runs is restarted for not being ready only when a refresh has seen it so, which the preview has said, and
 * when it is still so after several looks. Where a restart can't help or is not wanted, that is an error and nothing is done.
 */
async function isStillNotReady(operation: Operation, live: Live): Promise<boolean> {
  const { inputs, former, name, host, log } = operation;
  if (former.status !== "notReady" || live.state.status !== "running" || inputs.hold !== undefined) return false;
  const end = Date.now() + Math.min(inputs.ready?.timeoutSeconds ?? confirmSeconds, confirmSeconds) * 1000;
  for (;;) {
    const result = await probe(operation);
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
