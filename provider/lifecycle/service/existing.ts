import { HostError } from "../../../model/errors";
import type { Live } from "../../../model/service";
import type { Step } from "../../posix/shell/step";
import type { Progress } from "./converge";
import { planOnHost } from "./decide";
import { hashOf } from "../../../model/hash";
import { describeFailure, look, type Operation } from "./operation";
import type { Ownership } from "./ownership";
import type { Action } from "./plan/plan";
import { settle } from "./settle";
import { lastLog, stepFailure } from "./undo";

/**
 * Brings a service that somebody else defines to what is wanted of it: that it runs, that it starts at boot, that its
 * process has seen the triggers. Its definition is not touched, but for a marker of ours in it, when it was ours before.
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
  const change = { name, action, ...(setStartMode ? { startMode: inputs.startMode ?? ("automatic" as const) } : {}) };

  const steps: Step[] = [
    ...(releases ? manager.releaseSteps(name, session.facts) : []),
    ...manager.existingSteps(change, live, session.facts),
  ];
  progress.wrote ||= steps.length > 0;
  const result = await session.run(steps);
  if (result.failed) await giveUp(operation, live, action, await stepFailure(operation, result.failed));
  const problem = unsettled ? await settle(operation) : undefined;
  if (problem !== undefined) await giveUp(operation, live, action, `did not come up: ${problem}`);
  // What is stopped has no process that could be older than the triggers; the next one sees them.
  if (!isOlder || live.state.pid === undefined) progress.triggers = inputs.triggers;
  if (releases) log.info(`${name} keeps its definition, which is no longer managed here`);
  return stopped(operation, action, await look(operation));
}

/** What was stopped on purpose must have no process left: no script's own word is believed. */
function stopped({ name, host }: Operation, action: Action, live: Live): Live {
  if (action !== "stop" || live.state.pid === undefined) return live;
  throw new HostError("remote", host, `${name} was asked to stop, but still runs (pid ${live.state.pid})`);
}

/** A start that does not count: one that was down before is left stopped, not looping. Always throws. */
async function giveUp(operation: Operation, before: Live, action: Action, failure: string): Promise<never> {
  const { session, manager, name, host } = operation;
  const message = `${name} ${failure}${(await lastLog(operation)).text}`;
  const now = await look(operation);
  if (action === "start" && before.state.pid === undefined && now.state.status !== "unknown") {
    const back = await session.run(manager.existingSteps({ name, action: "stop" }, now, session.facts));
    if (back.failed)
      throw new HostError("remote", host, `${message}\nIt could not be stopped: ${describeFailure(back.failed)}`);
  }
  throw new HostError("remote", host, message);
}
