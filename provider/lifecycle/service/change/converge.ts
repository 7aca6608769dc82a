import { HostError, PropertyError } from "../../../../model/errors";
import type { Values } from "../../../../model/props";
import type { Live } from "../../../../model/service";
import type { Change } from "../../../platform";
import { decide, type Decision } from "./decide";
import type { Operation } from "./operation";
import type { Ownership } from "../plan/ownership";
import { settle } from "./settle";
import { failureOf, undo } from "./rollback";

/** The progress of a change. After the first write, a failure must record what is on the host. */
export interface Progress {
  wrote: boolean;
  ownerId?: string;
  /** The triggers that the process has seen. */
  triggers?: Values | undefined;
}

/**
 * Brings the service to its wanted state: decides, checks, applies, and waits or rolls back. Sets `progress.wrote` before the
 * first change. On an error the host is left rolled back, or with the service stopped, where that is possible.
 * `again`: second and last decision, after a running process that was left alone turned out to be failing.
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
    // A Create may restart a running service that is not ready; an Update only if a refresh saw it not ready.
    const former = { ...operation.former, status: operation.former.status ?? ("notReady" as const) };
    const survey = await session.survey([manager.name, operation.from?.manager.name]);
    return converge({ ...operation, survey, former }, survey.live(manager.name), ownership, progress, true);
  }
  if (problem !== undefined) await undo(operation, live, decision, `did not come up: ${problem}`);
  return session.settled(manager.name);
}

/** Checks the definition on the host before anything is changed. */
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

/** The change to apply; undefined when there is nothing to change. */
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
