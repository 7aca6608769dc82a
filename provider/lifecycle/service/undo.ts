import { HostError } from "../../../model/errors";
import type { Live } from "../../../model/service";
import { dropKeptStep, restoreStep } from "../../posix/host/former";
import type { StepFailure } from "../../platform";
import type { Change, Driver } from "../../posix/managers/driver";
import type { Plan } from "./decide";
import { describeFailure, foundOf, look, mustRun, type Operation } from "./operation";
import { settle } from "./settle";

/** The change did not hold, and the host is as it was before: the state stays as it is. */
export class RolledBack extends HostError {
  constructor(host: string, message: string) {
    super("remote", host, message);
  }
}

/** A step that failed, with the manager's view of the service: the reason is often in there and not in the step's words. */
export async function stepFailure(operation: Operation, failed: StepFailure): Promise<string> {
  const { state } = await look(operation);
  const reason = state.status === "failed" && state.reason !== undefined ? ` (${state.reason})` : "";
  return `could not be changed: ${describeFailure(failed)}${reason}`;
}

/** A change that does not hold: back to what ran before, or stopped rather than left looping. Always throws. */
export async function undo(operation: Operation, before: Live, plan: Plan, failure: string): Promise<never> {
  const { session, manager, name, host, inputs } = operation;
  // Before the rollback, whose start writes to the same log; what hangs then costs seconds, and is tried again after it.
  const log = await lastLog(operation);
  const message = `${name} ${failure}${log.text}`;
  if (inputs.onFailedUpdate === "keep") throw new HostError("remote", host, message);
  if (!plan.unfinished && (await isUntouched(operation, before))) {
    await session.run([dropKeptStep(name, keptNow(plan))]);
    throw new RolledBack(host, `${message}\nNothing was changed.`);
  }
  if (!plan.canRollBack) {
    if (plan.action !== "none") await session.run(manager.steps({ name, action: "stop" }, before, session.facts));
    throw new HostError("remote", host, message);
  }
  const problem = await rollBack(operation, before, plan);
  const said = log.isWhole ? message : `${name} ${failure}${(await lastLog(operation)).text}`;
  if (problem === undefined) throw new RolledBack(host, `${said}\nRolled back: the previous definition runs again.`);
  throw new HostError("remote", host, `${said}\nThe previous definition could not be restored: ${problem}`);
}

/** The same definition, files and process as before: the change did not get that far. A secret file shows in the definition only. */
async function isUntouched(operation: Operation, before: Live): Promise<boolean> {
  const { manager, live } = foundOf(operation, before);
  const now = await look({ ...operation, manager });
  const key = ({ definition, files, startMode, state }: Live) =>
    JSON.stringify([definition, files, startMode, state.pid, state.incarnation]);
  return live.installed && key(now) === key(live);
}

/** What this run has kept, and nobody needs when it is undone. */
function keptNow(plan: Plan): string[] {
  return plan.original === undefined ? ["former"] : ["former", plan.original];
}

/** Puts the former files back and starts what they say, unless that was never stopped. The reason when it does not come up. */
async function rollBack(operation: Operation, before: Live, plan: Plan): Promise<string | undefined> {
  const { name, log } = operation;
  log.status(`restoring the previous definition of ${name}`);
  const source = plan.formerManager ?? operation.from?.manager;
  const problem =
    source === undefined
      ? await rollBackHere(operation, before, plan)
      : await moveBack(operation, before, plan, source);
  if (problem === undefined) await mustRun(operation, [dropKeptStep(name, keptNow(plan))]);
  return problem;
}

async function rollBackHere(operation: Operation, before: Live, plan: Plan): Promise<string | undefined> {
  const { session, manager, name } = operation;
  const here = await look(operation);
  // What was there before may be somebody else's: by this run's plan, or by that of a run that was killed.
  if (plan.takesOver || plan.unfinished) {
    const back = await session.run([
      ...manager.steps({ name, action: "stop" }, here, session.facts),
      restoreStep(name),
      // The files have changed without the manager's knowing.
      ...manager.steps({ name, write: { files: [], remove: [] }, action: "none" }, before, session.facts),
    ]);
    return back.failed ? describeFailure(back.failed) : startRestored(operation, before, ranBefore(before, plan));
  }
  const untouched = here.state.status === "running" && here.state.incarnation === before.state.incarnation;
  const change = changeBack(name, before.startMode, untouched ? "none" : "restart");
  const back = await session.run([restoreStep(name), ...manager.steps(change, before, session.facts)]);
  if (back.failed) return describeFailure(back.failed);
  return settle({ ...operation, wanted: before.definition, inputs: { name, ...operation.former } });
}

/** A run that was cut off on its way back may have left it stopped: then what is wanted tells. */
function ranBefore(before: Live | undefined, plan: Plan): boolean {
  const meant = plan.unfinished && (plan.action === "start" || plan.action === "restart");
  return before === undefined || before.state.pid !== undefined || meant;
}

/** The former files are back: it starts at boot as before and, if it ran, runs again; by its own means where it is not ours. */
async function startRestored(operation: Operation, before: Live, ran: boolean): Promise<string | undefined> {
  const { session, manager, name } = operation;
  const restored = await look(operation);
  const existing = restored.marker === undefined;
  const change = changeBack(name, before.startMode, ran ? "start" : "none");
  const started = await session.run(
    existing ? manager.existingSteps(change, restored, session.facts) : manager.steps(change, restored, session.facts),
  );
  if (started.failed) return describeFailure(started.failed);
  const inputs = { name, ...operation.former };
  return ran ? settle({ ...operation, existing, wanted: restored.definition, inputs }) : undefined;
}

/** To the manager that it was to leave: ended here first, for two must never run. */
async function moveBack(operation: Operation, before: Live, plan: Plan, source: Driver): Promise<string | undefined> {
  const { session, manager, name, from } = operation;
  const here = await look(operation);
  const back = await session.run([...manager.removal(name, here, session.facts), restoreStep(name)]);
  if (back.failed) return describeFailure(back.failed);
  return startRestored({ ...operation, manager: source }, from?.live ?? before, ranBefore(from?.live, plan));
}

/** The files are back already: they are read anew, and what they say is done. */
function changeBack(name: string, startMode: Live["startMode"], action: Change["action"]): Change {
  return { name, write: { files: [], remove: [] }, startMode, action };
}

/** The last lines that the service wrote, for the error: as far as they can be read in a few seconds. */
export async function lastLog({
  session,
  manager,
  name,
  wanted,
}: Operation): Promise<{ text: string; isWhole: boolean }> {
  const { fields, failed } = await session.run([manager.logStep(name, wanted, 20)]);
  const lines = (fields.get("log") ?? "").trimEnd();
  const hint = manager.logHint(name, wanted);
  const late = fields.get("log_late");
  const reason = failed ? describeFailure(failed) : `it took longer than ${late} seconds`;
  const isWhole = failed === undefined && late === undefined;
  const problem = isWhole ? "" : `\nIts log could not be read to the end: ${reason} (${hint}).`;
  if (lines !== "")
    return { text: `\nIts last log lines (${hint}):\n${lines.replace(/^/gm, "  ")}${problem}`, isWhole };
  return { text: isWhole ? `\nNothing was logged (${hint}).` : problem, isWhole };
}
