import { HostError } from "../../../../model/errors";
import type { Live } from "../../../../model/service";
import type { Progress } from "./converge";
import { planOnHost } from "./decide";
import { hashOf } from "../../../../model/hash";
import { observe, type Operation } from "./operation";
import type { Ownership } from "../plan/ownership";
import type { Action } from "../plan/plan";
import { settle } from "./settle";
import { failureOf, lastLog } from "./rollback";

/**
 * Brings an existing service to its wanted state: whether it runs, whether it starts at boot, and the triggers that its
 * process has seen. Its definition is not changed, except that the provider's marker is removed from it.
 */
export async function convergeExisting(
  operation: Operation,
  live: Live,
  ownership: Ownership,
  progress: Progress,
): Promise<Live> {
  const { session, manager, name, inputs, log } = operation;
  const { action, setStartMode, releases, unsettled } = await planOnHost(operation, live, ownership);
  const isOlder = hashOf(progress.triggers ?? {}) !== hashOf(inputs.triggers ?? {}) && action === "none";
  if (releases || setStartMode || action !== "none") {
    progress.wrote = true;
    const startMode = setStartMode ? { startMode: inputs.startMode ?? ("automatic" as const) } : {};
    const failure = await session.drive({ manager: manager.name, live, action, releases, ...startMode });
    if (failure !== undefined) await giveUp(operation, live, action, await failureOf(operation, failure));
  }
  const problem = unsettled ? await settle(operation) : undefined;
  if (problem !== undefined) await giveUp(operation, live, action, `did not come up: ${problem}`);
  // A stopped service has no process older than the triggers; its next process sees them.
  if (!isOlder || live.state.pid === undefined) progress.triggers = inputs.triggers;
  if (releases) log.info(`${name} keeps its definition, which is no longer managed here`);
  return stopped(operation, action, await observe(operation));
}

/** Verifies that a stopped service has no process left, whatever its script reported. */
function stopped({ name, host }: Operation, action: Action, live: Live): Live {
  if (action !== "stop" || live.state.pid === undefined) return live;
  throw new HostError("remote", host, `${name} was asked to stop, but still runs (pid ${live.state.pid})`);
}

/** Handles a failed start: a service that was down before is stopped again, so that it does not loop. Always throws. */
async function giveUp(operation: Operation, before: Live, action: Action, failure: string): Promise<never> {
  const { session, manager, name, host } = operation;
  const message = `${name} ${failure}${(await lastLog(operation)).text}`;
  const now = await observe(operation);
  if (action === "start" && before.state.pid === undefined && now.state.status !== "unknown") {
    const problem = await session.drive({ manager: manager.name, live: now, action: "stop" });
    if (problem !== undefined) throw new HostError("remote", host, `${message}\nIt could not be stopped: ${problem}`);
  }
  throw new HostError("remote", host, message);
}
