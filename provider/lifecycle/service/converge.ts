import { randomUUID } from "node:crypto";
import { HostError, PropertyError } from "../../../model/errors";
import { parsePath } from "../../../model/propertyPath";
import type { Live, Marker } from "../../../model/service";
import type { HostFile, Step } from "../../../model/step";
import type { StepFailure } from "../../hosts/host";
import { dropKeptStep, formerThereStep, keepStep, keptFolder, restoreStep } from "../../hosts/posix/former";
import { preflightStep } from "../../hosts/posix/preflight";
import { hashOf, isRestartPending, markerOf } from "./definition";
import { look, mustRun, describeFailure, type Operation } from "./operation";
import { definitionChanges, refusal, type Ownership } from "./ownership";
import { actionFor, consequenceOf, type Action } from "./plan";
import { probe, settle } from "./settle";

/** How far a change has come: from the first write on, a failure has to leave the truth in the state. */
export interface Progress {
  wrote: boolean;
  ownerId?: string;
}

/** What is to be done, decided from what is there and what is wanted, and from nothing else: so it can be decided again. */
interface Plan {
  ownerId: string;
  write: boolean;
  setStartMode: boolean;
  action: Action;
  /** The start has to be waited for: by this run, or because an earlier one was killed while it waited. */
  unsettled: boolean;
  /** Something ran before, to which a rollback can go back. */
  canRollBack: boolean;
  keepOriginal: boolean;
}

/**
 * Makes the service on the host what is wanted. Says in `progress` from when on something may have changed.
 * An error is thrown with the host in order again, where that is possible: rolled back, or stopped.
 */
export async function converge(
  operation: Operation,
  live: Live,
  ownership: Ownership,
  progress: Progress,
): Promise<Live> {
  const plan = await decide(operation, live, ownership);
  progress.ownerId = plan.ownerId;
  const { session, manager, name, inputs, log } = operation;
  if (ownership.kind === "same" && ownership.formerUrn !== undefined) {
    log.warning(`${name} was made by ${ownership.formerUrn} and is just as wanted: taken over, nothing restarted`);
  }

  const files = rendered(operation, marker(operation, live, plan));
  if (plan.write || plan.action === "start" || plan.action === "restart") await checkBeforehand(operation, files);

  const paths = new Set(files.map((file) => file.path));
  const remove = [...live.overrides, ...live.files.map((file) => file.path)].filter(
    (path) => !paths.has(path) && [...manager.paths(name), ...live.overrides].includes(path),
  );
  const kept = [...manager.paths(name), ...live.overrides];
  const moved = plan.write && live.marker !== undefined ? live.overrides : [];
  const steps: Step[] = [
    ...(plan.keepOriginal ? [keepStep(name, "original", kept)] : []),
    ...(moved.length > 0 ? [keepStep(name, `moved-${new Date().toISOString().replace(/[:.]/g, "-")}`, moved)] : []),
    ...(plan.write && plan.canRollBack ? [keepStep(name, "former", kept)] : []),
    ...manager.steps(
      {
        name,
        ...(plan.write ? { write: { files, remove } } : {}),
        ...(plan.setStartMode ? { startMode: inputs.startMode ?? "automatic" } : {}),
        action: plan.action,
      },
      live,
      session.facts,
    ),
  ];
  if (moved.length > 0) {
    log.warning(
      `moved to ${keptFolder(name)}, since they lay over ${name}, which is managed here: ${moved.join(", ")}`,
    );
  }
  progress.wrote = steps.length > 0;
  const result = await session.run(steps);
  if (result.failed) await undo(operation, live, plan, await stepFailure(operation, result.failed));
  const problem = plan.unsettled ? await settle(operation) : undefined;
  if (problem !== undefined) await undo(operation, live, plan, `did not come up: ${problem}`);
  await mustRun(operation, [dropKeptStep(name, ["former"])]);
  return look(operation);
}

async function decide(operation: Operation, live: Live, ownership: Ownership): Promise<Plan> {
  const { inputs, manager, session, name, host } = operation;
  if (ownership.kind === "foreign" && inputs.adopt !== true)
    throw new HostError("remote", host, refusal(operation, live, ownership.marker));
  if (live.aliasOf !== undefined) {
    throw new HostError("remote", host, `${name} is only another name of ${live.aliasOf}: manage that one`);
  }
  const former = (await mustRun(operation, [formerThereStep(name)])).fields.get("former") === "yes";

  const changes = definitionChanges(operation, live);
  const triggersChanged = live.marker !== undefined && live.marker.triggers !== hashOf(inputs.triggers ?? {});
  const consequence = !live.installed || triggersChanged ? ("restart" as const) : consequenceOf(manager, changes);
  const state = live.state;
  const situation = { status: state.status, restartPending: isRestartPending(live, session.facts) };
  let action = actionFor(inputs, situation, consequence);
  if (action === "none" && state.status === "running" && inputs.hold === undefined) {
    const problem = await probe(operation);
    if (problem !== undefined) {
      operation.log.info(`${name} on ${host} runs, but is not ready: ${problem}`);
      action = actionFor(inputs, { ...situation, status: "notReady" }, consequence);
    }
  }
  // An earlier run was killed while it waited: what it did to the process is waited for again, a reload is repeated.
  if (former && action === "none" && state.status === "running" && inputs.whenChanged === "reload") action = "reload";
  const wantsRunning = inputs.running !== false && inputs.hold === undefined;
  const startMode = inputs.startMode ?? "automatic";
  const ours = ownership.kind === "ours";
  const write =
    !ours ||
    live.marker === undefined ||
    live.masked ||
    changes.length + live.unmapped.length + live.overrides.length > 0 ||
    triggersChanged;
  return {
    ownerId: ours ? ownership.ownerId : randomUUID(),
    write,
    setStartMode: !live.installed || live.masked || live.startMode !== startMode || consequence === "enable",
    action,
    unsettled: ["start", "restart", "reload"].includes(action) || (former && wantsRunning && state.pid !== undefined),
    canRollBack: former || (write && live.installed && state.status === "running"),
    keepOriginal: live.installed && !ours,
  };
}

function marker(operation: Operation, live: Live, plan: Plan) {
  const { urn, wanted, inputs, session, manager } = operation;
  const { bootId, uptime } = session.facts;
  const changes = definitionChanges(operation, live);
  const triggersChanged = live.marker !== undefined && live.marker.triggers !== hashOf(inputs.triggers ?? {});
  const wantsRestart =
    live.installed &&
    inputs.whenChanged !== "reload" &&
    (triggersChanged || consequenceOf(manager, changes) === "restart");
  const before = live.marker?.changed ?? { bootId, uptime: 0 };
  return markerOf({
    ownerId: plan.ownerId,
    urn,
    definition: manager.resolve(wanted),
    triggers: inputs.triggers,
    changed: wantsRestart ? { bootId, uptime } : before,
  });
}

/** The files; what this version of the manager can't do of the definition is an error with the property in front. */
function rendered({ manager, name, wanted, session, host }: Operation, marker: Marker): HostFile[] {
  try {
    return manager.render(name, wanted, marker, session.facts);
  } catch (error) {
    throw new HostError("remote", host, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Everything that can be found out before anything is touched. */
async function checkBeforehand(operation: Operation, files: readonly HostFile[]): Promise<void> {
  const { session, manager, name, wanted, host } = operation;
  const looked = await mustRun(operation, [preflightStep(wanted)]);
  const missing = (looked.fields.get("missing") ?? "").split("\n").filter(Boolean);
  if (missing.length > 0) {
    throw new PropertyError(
      missing.map((line) => {
        const [property = "", message = ""] = line.split("\t");
        return { path: parsePath(property), message: `${message} on ${host}` };
      }),
    );
  }
  const verified = await session.run(manager.verify(name, files, session.facts));
  if (verified.failed) {
    throw new Error(
      `${host}: ${manager.name} does not take this definition of ${name}:\n${verified.failed.stderr.trim()}`,
    );
  }
}

/** A step that failed, with the manager's view of the service: the reason is often in there and not in the step's words. */
async function stepFailure(operation: Operation, failed: StepFailure): Promise<string> {
  const { state } = await look(operation);
  const reason = state.status === "failed" && state.reason !== undefined ? ` (${state.reason})` : "";
  return `could not be changed: ${describeFailure(failed)}${reason}`;
}

/** A change that does not hold: back to what ran before, or stopped rather than left looping. Always throws. */
async function undo(operation: Operation, live: Live, plan: Plan, failure: string): Promise<never> {
  const { session, manager, name, host, inputs } = operation;
  const message = `${name} ${failure}${await lastLog(operation)}`;
  if (inputs.onFailedUpdate === "keep") throw new HostError("remote", host, message);
  if (!plan.canRollBack) {
    await session.run(manager.steps({ name, action: "stop" }, live, session.facts));
    throw new HostError("remote", host, message);
  }
  const problem = await rollBack(operation, live, plan);
  if (problem === undefined) throw new RolledBack(host, `${message}\nRolled back: the former definition runs again.`);
  throw new HostError("remote", host, `${message}\nThe former definition could not be brought back: ${problem}`);
}

/** The host is as it was before: the state stays as it is. */
export class RolledBack extends HostError {
  constructor(host: string, message: string) {
    super("remote", host, message);
  }
}

async function rollBack(operation: Operation, before: Live, plan: Plan): Promise<string | undefined> {
  const { session, manager, name, log } = operation;
  log.status(`going back to the former definition of ${name}`);
  const { state } = await look(operation);
  const untouched = state.status === "running" && state.incarnation === before.state.incarnation;
  const back = await session.run([
    restoreStep(name),
    ...manager.steps(
      { name, write: { files: [], remove: [] }, startMode: before.startMode, action: untouched ? "none" : "restart" },
      before,
      session.facts,
    ),
  ]);
  if (back.failed) return describeFailure(back.failed);
  const problem = await settle(operation);
  if (problem === undefined) {
    await mustRun(operation, [dropKeptStep(name, plan.keepOriginal ? ["former", "original"] : ["former"])]);
  }
  return problem;
}

/** The last lines that the service wrote, for the error. */
async function lastLog({ session, manager, name, wanted }: Operation): Promise<string> {
  const { fields } = await session.run([manager.logStep(name, wanted, 20)]);
  const lines = (fields.get("log") ?? "").trimEnd();
  const hint = manager.logHint(name, wanted);
  return lines === ""
    ? `\nNothing was logged (${hint}).`
    : `\nIts last log lines (${hint}):\n${lines.replace(/^/gm, "  ")}`;
}
