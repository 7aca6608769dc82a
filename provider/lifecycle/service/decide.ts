import { randomUUID } from "node:crypto";
import { HostError } from "../../../model/errors";
import type { Live, Marker } from "../../../model/service";
import { formerThereStep } from "../../hosts/posix/former";
import { hashOf, isRestartPending, markerOf } from "./definition";
import { mustRun, type Operation } from "./operation";
import { definitionChanges, refusal, type Ownership } from "./ownership";
import { actionFor, consequenceOf, type Action } from "./plan";
import { probe } from "./settle";

/** What is to be done, decided from what is there and what is wanted, and from nothing else: so it can be decided again. */
export interface Plan {
  /** Goes into the definition that is written. */
  marker: Marker;
  write: boolean;
  setStartMode: boolean;
  action: Action;
  /** The start has to be waited for: by this run, or because an earlier one was killed while it waited. */
  unsettled: boolean;
  /** Something ran before, to which a rollback can go back. */
  canRollBack: boolean;
  /** What is there is not ours: its files are kept for good. */
  keepOriginal: boolean;
}

/** Refuses what is not ours; else says what has to be done. Looks, and changes nothing. */
export async function decide(operation: Operation, live: Live, ownership: Ownership): Promise<Plan> {
  const { inputs, manager, session, name, host } = operation;
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
  const situation = {
    status: (await statusWithProbe(operation, live)) ?? live.state.status,
    restartPending: isRestartPending(live, session.facts),
  };
  let action = actionFor(inputs, situation, consequence);
  // A process is not marked as having reloaded: after a killed run it is told again.
  if (unfinished && action === "none" && situation.status === "running" && inputs.whenChanged === "reload") {
    action = "reload";
  }

  const ours = ownership.kind === "ours";
  const write =
    !ours ||
    live.marker === undefined ||
    live.masked ||
    triggersChanged ||
    changes.length + live.unmapped.length + live.overrides.length > 0;
  const wantsRunning = inputs.running !== false && inputs.hold === undefined;
  const wantsRestart = live.installed && consequence === "restart" && inputs.whenChanged !== "reload";
  const { bootId, uptime } = session.facts;
  return {
    marker: markerOf({
      ownerId: ours ? ownership.ownerId : randomUUID(),
      urn: operation.urn,
      definition: manager.resolve(operation.wanted),
      triggers: inputs.triggers,
      changed: wantsRestart ? { bootId, uptime } : (live.marker?.changed ?? { bootId, uptime: 0 }),
    }),
    write,
    setStartMode:
      !live.installed ||
      live.masked ||
      live.startMode !== (inputs.startMode ?? "automatic") ||
      consequence === "enable",
    action,
    unsettled:
      ["start", "restart", "reload"].includes(action) || (unfinished && wantsRunning && live.state.pid !== undefined),
    canRollBack: unfinished || (write && live.installed && live.state.status === "running"),
    keepOriginal: live.installed && !ours,
  };
}

/** A service that runs may still not do its work: then it is restarted. */
async function statusWithProbe(operation: Operation, live: Live): Promise<"notReady" | undefined> {
  if (live.state.status !== "running" || operation.inputs.hold !== undefined) return undefined;
  const problem = await probe(operation);
  if (problem === undefined) return undefined;
  operation.log.info(`${operation.name} on ${operation.host} runs, but is not ready: ${problem}`);
  return "notReady";
}
