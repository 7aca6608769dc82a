import { setTimeout as sleep } from "node:timers/promises";
import type { RunState } from "../../../../model/service";
import { observe, probe, type Operation } from "./operation";

const pollSeconds = 1;
const defaultSettleSeconds = 3;
const defaultReadySeconds = 60;

/** Why a start failed; undefined when it counts. */
export type StartFailure = string | undefined;

/**
 * Waits until a start counts: the same process stays up for `settleSeconds`, and then is `ready`. Fails as soon as the
 * process ends, because a service that keeps restarting looks healthy between two crashes.
 */
export async function settle(operation: Operation): Promise<StartFailure> {
  const { inputs, log, name } = operation;
  const settleSeconds = inputs.settleSeconds ?? defaultSettleSeconds;
  log.status(`waiting until ${name} has stayed up for ${settleSeconds} s`);
  const first = await arrive(operation);
  const failure = notRunning(operation, first);
  if (failure !== undefined) return withStranger(operation, failure, first);

  for (let left = settleSeconds; left > 0; left -= pollSeconds) {
    await pause(operation, Math.min(left, pollSeconds));
    const now = (await observe(operation)).state;
    const changed = notRunning(operation, now) ?? notTheSame(first, now);
    if (changed !== undefined) return withStranger(operation, changed, now);
  }
  return untilReady(operation, first);
}

async function untilReady(operation: Operation, first: RunState): Promise<StartFailure> {
  const { ready } = operation.inputs;
  if (ready === undefined) return undefined;
  const timeoutSeconds = ready.timeoutSeconds ?? defaultReadySeconds;
  const end = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const { live, readiness } = await probe(operation, first);
    const now = live.state;
    const changed = notRunning(operation, now) ?? notTheSame(first, now);
    if (changed !== undefined) return withStranger(operation, changed, now);
    if (readiness === undefined || readiness.ready) return undefined;
    if (Date.now() >= end) return `it runs, but was not ready within ${timeoutSeconds} s: ${readiness.reason}`;
    operation.log.status(`waiting for ${operation.name}: ${readiness.reason}`);
    await pause(operation, pollSeconds);
  }
}

/** Adds the program that holds the service's port to a failure, because many programs exit when their port is taken. */
export async function withStranger(operation: Operation, failure: string, process: RunState): Promise<string> {
  const { ready } = operation.inputs;
  if (ready === undefined || ready.command !== undefined) return failure;
  const { readiness } = await probe(operation, process);
  return readiness?.ready === false && readiness.stranger ? `${failure}; ${readiness.reason}` : failure;
}

/** Waits until the manager no longer reports "starting" or "stopping". The manager has its own time limit for that. */
async function arrive(operation: Operation): Promise<RunState> {
  for (;;) {
    const { state } = await observe(operation);
    if (!state.inTransit || Date.now() >= (operation.startBy ?? Infinity)) return state;
    await pause(operation, pollSeconds);
  }
}

function notRunning(operation: Operation, state: RunState): StartFailure {
  if (state.status === "running") return undefined;
  if (state.status === "unknown") return `it is unknown whether it runs: ${state.reason ?? "no evidence"}`;
  if (state.reason?.startsWith("its start was skipped")) return state.reason;
  const what = state.status === "flapping" ? "it keeps restarting" : "it did not stay up";
  return `${what}: ${state.reason ?? operation.manager.exitedWithZero(operation.wanted)}`;
}

function notTheSame(first: RunState, now: RunState): StartFailure {
  if (first.pid === now.pid && first.incarnation === now.incarnation && first.restartCount === now.restartCount) {
    return undefined;
  }
  return `it did not stay up: its first process (pid ${first.pid ?? "?"}) ended and was replaced by another one (pid ${now.pid ?? "?"})`;
}

/** Waits; throws when the operation is aborted meanwhile. */
export async function pause({ signal }: Operation, seconds: number): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
