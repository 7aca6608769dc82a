import { HostError, PropertyError } from "../../../../model/errors";
import type { Values } from "../../../../model/props";
import type { Live } from "../../../../model/service";
import type { Change } from "../../../platform";
import { decide, type Decision } from "./decide";
import type { Operation } from "./operation";
import type { Ownership } from "../plan/ownership";
import { settle } from "./settle";
import { failureOf, undo } from "./rollback";

/** How far a change has come: from the first write on, a failure has to leave the truth in the state. */
export interface Progress {
  wrote: boolean;
  ownerId?: string;
  /** The triggers that the process has seen. */
  triggers?: Values | undefined;
}

/**
 * Brings the service on the host to what is wanted: decides, checks, changes, waits, or rolls back. Says in `progress` from when on
 * something may have changed. An error leaves the host in order, where that is possible: rolled back, or stopped.
 * A process that was left alone because it ran, and was in its last moments, is decided on once `again`.
 */
export async function converge(
  operation: Operation,
  live: Live,
  ownership: Ownership,
  progress: Progress,
  again = false,
): Promise<Live> {
  const decision = await decide(operation, live, ownership);
  const { session, manager, name, log } = operation;
  progress.ownerId = decision.marker.ownerId;
  if (ownership.kind === "same" && ownership.formerUrn !== undefined) {
    log.warning(
      `${name} was created by ${ownership.formerUrn} and is already as wanted: this resource takes it over without a restart`,
    );
  }
  if (ownership.kind === "ours" && ownership.formerly !== undefined && !again) {
    log.info(`this run takes over ${name} from another run of this resource (owner ${ownership.formerly})`);
  }
  if (decision.write || decision.action === "start" || decision.action === "restart")
    await checkBeforehand(operation, decision);

  const change = changeOf(operation, live, decision);
  if (change !== undefined) {
    progress.wrote = true;
    const failure = await session.apply(change, operation.startBy);
    if (failure !== undefined) await undo(operation, live, decision, await failureOf(operation, failure));
  }
  const problem = decision.unsettled ? await settle(operation) : undefined;
  if (problem !== undefined && decision.action === "none" && !decision.changes && !again) {
    log.info(`${name} was running and was left alone, but ${problem}; checking it again`);
    // A Create may restart what runs and is not ready; an Update only what a refresh has seen so.
    const former = { ...operation.former, status: operation.former.status ?? ("notReady" as const) };
    const survey = await session.survey([manager.name, operation.from?.manager.name]);
    return converge({ ...operation, survey, former }, survey.live(manager.name), ownership, progress, true);
  }
  if (problem !== undefined) await undo(operation, live, decision, `did not come up: ${problem}`);
  return session.settled(manager.name);
}

/** Everything that can be found out before anything is touched. */
async function checkBeforehand(
  { session, manager, name, wanted, host, log }: Operation,
  decision: Decision,
): Promise<void> {
  const { missing, refusal, remarks } = await session.check(manager.name, wanted, decision.marker);
  if (missing.length > 0) throw new PropertyError(missing);
  if (refusal !== undefined) {
    throw new HostError("remote", host, `${manager.name} rejects this definition of ${name}:\n${refusal}`);
  }
  if (remarks !== "") log.warning(`${manager.name} on ${host} reports about ${name}: ${remarks}`);
}

/** The whole change; undefined when there is nothing to be done. */
function changeOf({ manager, from, wanted, inputs }: Operation, live: Live, decision: Decision): Change | undefined {
  const { action, marker, takesOver, keepsOriginal, obstacles } = decision;
  if (!decision.write && !decision.setStartMode && !keepsOriginal && action === "none" && from === undefined)
    return undefined;
  return {
    manager: manager.name,
    live,
    ...(decision.write && { write: { definition: wanted, marker } }),
    ...(decision.setStartMode && { startMode: inputs.startMode ?? ("automatic" as const) }),
    action,
    from: from && { manager: from.manager.name, ...(from.live && { live: from.live }) },
    takesOver,
    backsUp: decision.canRollBack,
    keepsOriginal,
    obstacles,
  };
}
