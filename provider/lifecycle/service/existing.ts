import { HostError } from "../../../model/errors";
import type { Live } from "../../../model/service";
import type { Step } from "../../posix/shell/step";
import type { Progress } from "./converge";
import { isDoubtful, isStillNotReady, requireKnown } from "./decide";
import { hashOf } from "./triggers";
import { describeFailure, look, type Operation } from "./operation";
import type { Ownership } from "./ownership";
import { actionFor, mustBeKnown, type Action } from "./plan";
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
  refuseImpossible(operation, live);
  const consequence = hashOf(progress.triggers ?? {}) === hashOf(inputs.triggers ?? {}) ? "none" : "restart";
  requireKnown(operation, live, mustBeKnown(inputs, consequence));
  const status = (await isStillNotReady(operation, live)) ? "notReady" : live.state.status;
  const action = actionFor(inputs, { status, restartPending: false }, consequence);
  const startMode = inputs.startMode ?? "automatic";
  const change = { name, action, ...(live.startMode === startMode ? {} : { startMode }) };
  refuseMasked(operation, live, change);

  const steps: Step[] = [
    ...(ownership.kind === "ours" ? manager.releaseSteps(name, session.facts) : []),
    ...manager.existingSteps(change, live, session.facts),
  ];
  progress.wrote ||= steps.length > 0;
  const result = await session.run(steps);
  if (result.failed) await giveUp(operation, live, action, await stepFailure(operation, result.failed));
  const starts = action === "start" || action === "restart" || action === "reload";
  const problem =
    starts || isDoubtful(operation, live, { ours: false, unfinished: false }) ? await settle(operation) : undefined;
  if (problem !== undefined) await giveUp(operation, live, action, `did not come up: ${problem}`);
  // What is stopped has no process that could be older than the triggers; the next one sees them.
  const isOlder = consequence === "restart" && action === "none" && live.state.pid !== undefined;
  if (!isOlder) progress.triggers = inputs.triggers;
  if (ownership.kind === "ours") log.info(`${name} keeps its definition, which is no longer managed here`);
  return stopped(operation, action, await look(operation));
}

function refuseImpossible({ from, name, host, manager }: Operation, live: Live): void {
  if (from !== undefined) {
    throw new HostError(
      "remote",
      host,
      `${name} is defined for ${from.manager.name} there, not for ${manager.name}: an existing service can't be moved. Take \`manager\` out, or give it a definition here`,
    );
  }
  if (!live.installed) {
    throw new HostError(
      "remote",
      host,
      `there is no service "${name}", and existing: true expects that somebody else has defined it`,
    );
  }
  if (live.aliasOf !== undefined) {
    throw new HostError("remote", host, `${name} is only another name of ${live.aliasOf}: manage ${live.aliasOf}`);
  }
}

function refuseMasked({ name, host }: Operation, live: Live, change: { action: Action; startMode?: string }): void {
  const starts = change.action === "start" || change.action === "restart" || change.startMode === "automatic";
  if (!live.masked || !starts) return;
  throw new HostError(
    "remote",
    host,
    `${name} is masked: somebody has forbidden to start it. Unmask it there, or say why it is stopped in \`hold\``,
  );
}

/** What was stopped on purpose must have no process left: no script's own word is believed. */
function stopped({ name, host }: Operation, action: Action, live: Live): Live {
  if (action !== "stop" || live.state.pid === undefined) return live;
  throw new HostError("remote", host, `${name} was asked to stop, and still runs (pid ${live.state.pid})`);
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
