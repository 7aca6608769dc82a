import { HostError, PropertyError } from "../../../model/errors";
import type { Values } from "../../../model/props";
import type { Live } from "../../../model/service";
import type { Change } from "../../platform";
import { decide, type Plan } from "./decide";
import type { Operation } from "./operation";
import type { Ownership } from "./ownership";
import { settle } from "./settle";
import { failureOf, undo } from "./undo";

/** How far a change has come: from the first write on, a failure has to leave the truth in the state. */
export interface Progress {
  wrote: boolean;
  ownerId?: string;
  /** The triggers that the process has seen. */
  triggers?: Values | undefined;
}

/**
 * Makes the service on the host what is wanted: decide, check, change, wait, or undo. Says in `progress` from when on
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
  const plan = await decide(operation, live, ownership);
  const { session, manager, name, log } = operation;
  progress.ownerId = plan.marker.ownerId;
  if (ownership.kind === "same" && ownership.formerUrn !== undefined) {
    log.warning(
      `${name} was created by ${ownership.formerUrn} and is already as wanted: this resource takes it over without a restart`,
    );
  }
  if (ownership.kind === "ours" && ownership.formerly !== undefined && !again) {
    log.info(`this run takes over ${name} from another run of this resource (owner ${ownership.formerly})`);
  }
  if (plan.write || plan.action === "start" || plan.action === "restart") await checkBeforehand(operation, plan);

  const change = changeOf(operation, live, plan);
  if (change !== undefined) {
    progress.wrote = true;
    const failure = await session.apply(change, operation.startBy);
    if (failure !== undefined) await undo(operation, live, plan, await failureOf(operation, failure));
  }
  const problem = plan.unsettled ? await settle(operation) : undefined;
  if (problem !== undefined && plan.action === "none" && !plan.changes && !again) {
    log.info(`${name} was running and was left alone, but ${problem}; checking it again`);
    // A Create may restart what runs and is not ready; an Update only what a refresh has seen so.
    const former = { ...operation.former, status: operation.former.status ?? ("notReady" as const) };
    const survey = await session.survey([manager.name, operation.from?.manager.name]);
    return converge({ ...operation, survey, former }, survey.live(manager.name), ownership, progress, true);
  }
  if (problem !== undefined) await undo(operation, live, plan, `did not come up: ${problem}`);
  return session.settled(manager.name);
}

/** Everything that can be found out before anything is touched. */
async function checkBeforehand({ session, manager, name, wanted, host, log }: Operation, plan: Plan): Promise<void> {
  const { missing, refusal, remarks } = await session.check(manager.name, wanted, plan.marker);
  if (missing.length > 0) throw new PropertyError(missing);
  if (refusal !== undefined) {
    throw new HostError("remote", host, `${manager.name} rejects this definition of ${name}:\n${refusal}`);
  }
  if (remarks !== "") log.warning(`${manager.name} on ${host} reports about ${name}: ${remarks}`);
}

/** The whole change; undefined when there is nothing to be done. */
function changeOf({ manager, from, wanted, inputs }: Operation, live: Live, plan: Plan): Change | undefined {
  const { action, marker, takesOver, keepsOriginal, obstacles } = plan;
  if (!plan.write && !plan.setStartMode && !keepsOriginal && action === "none" && from === undefined) return undefined;
  return {
    manager: manager.name,
    live,
    ...(plan.write && { write: { definition: wanted, marker } }),
    ...(plan.setStartMode && { startMode: inputs.startMode ?? ("automatic" as const) }),
    action,
    from: from && { manager: from.manager.name, ...(from.live && { live: from.live }) },
    takesOver,
    backsUp: plan.canRollBack,
    keepsOriginal,
    obstacles,
  };
}
