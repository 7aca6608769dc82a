import { HostError } from "../../../../model/errors";
import type { Live } from "../../../../model/service";
import type { Decision } from "./decide";
import { observe, type Operation } from "./operation";
import { definitionOf } from "../state/inputs";
import { settle, withStranger } from "./settle";
import { foundOf } from "../plan/place";

/** The change failed and the host is as it was before, so the recorded state stays as it is. */
export class RolledBack extends HostError {
  constructor(host: string, message: string) {
    super("remote", host, message);
  }
}

/** The error of a failed step, with the manager's status of the service, which often has the reason. */
export async function failureOf(operation: Operation, failure: string): Promise<string> {
  const { state } = await observe(operation);
  const reason = state.status === "failed" && state.reason !== undefined ? ` (${state.reason})` : "";
  return withStranger(operation, `could not be changed: ${failure}${reason}`, state);
}

/** Undoes a failed change: rolls back, or stops the service so that it does not loop. Always throws. */
export async function undo(operation: Operation, before: Live, decision: Decision, failure: string): Promise<never> {
  const { session, manager, name, host, inputs } = operation;
  // Read before the rollback, whose start writes to the same log. If this hangs, it costs seconds and is repeated afterwards.
  const log = await lastLog(operation);
  const message = `${name} ${failure}${log.text}`;
  if (inputs.onFailedUpdate === "keep") throw new HostError("remote", host, message);
  if (!decision.unfinished && (await isUntouched(operation, before))) {
    await session.undone();
    throw new RolledBack(host, `${message}\nNothing was changed.`);
  }
  if (!decision.canRollBack) {
    if (decision.action !== "none") await session.apply({ manager: manager.name, live: before, action: "stop" });
    throw new HostError("remote", host, message);
  }
  const problem = await rollBack(operation, before, decision);
  const said = log.isWhole ? message : `${name} ${failure}${(await lastLog(operation)).text}`;
  if (problem === undefined) throw new RolledBack(host, `${said}\nRolled back: the previous definition runs again.`);
  throw new HostError("remote", host, `${said}\nThe previous definition could not be restored: ${problem}`);
}

/** Are definition, files and process the same as before the change? A secret file shows only in the definition. */
async function isUntouched(operation: Operation, before: Live): Promise<boolean> {
  const { manager, live } = foundOf(operation, before);
  const now = await observe({ ...operation, manager });
  const key = ({ definition, files, startMode, state }: Live) =>
    JSON.stringify([definition, files, startMode, state.pid, state.incarnation]);
  return live.installed && key(now) === key(live);
}

/** Restores the previous definition. Returns the reason if that fails. */
async function rollBack(operation: Operation, now: Live, decision: Decision): Promise<string | undefined> {
  const { session, manager, managers, from, name, log, former, state } = operation;
  log.status(`restoring the previous definition of ${name}`);
  const to = decision.formerManager ?? from?.manager.name ?? manager.name;
  const moves = to !== manager.name;
  const before = moves ? (from?.live ?? now) : now;
  const replaces = decision.takesOver || decision.unfinished;
  const ran = ranBefore(moves ? from?.live : now, decision);
  const password = state && definitionOf(state).runAs?.password;
  const rollback = { manager: manager.name, to, before, replaces, ran, ...(password !== undefined && { password }) };
  const back = await session.rollBack(rollback);
  if (back.failure !== undefined) return back.failure;
  const inputs = { name, ...former };
  const { existing, definition: wanted } = back;
  const restored = { ...operation, manager: managers.get(to) ?? manager };
  const problem = ran || (!moves && !replaces) ? await settle({ ...restored, existing, wanted, inputs }) : undefined;
  if (problem === undefined) await session.undone();
  return problem;
}

/** Did the service run before? An interrupted run may have left it stopped; then the planned action decides. */
function ranBefore(before: Live | undefined, decision: Decision): boolean {
  const meant = decision.unfinished && (decision.action === "start" || decision.action === "restart");
  return before === undefined || before.state.pid !== undefined || meant;
}

/** The last log lines, for the error, as far as they can be read within a few seconds. */
export async function lastLog(operation: Operation): Promise<{ text: string; isWhole: boolean }> {
  const { session, manager, name, wanted } = operation;
  const { lines, problem } = await session.tail(manager.name, wanted, 20);
  const hint = manager.logHint(name, wanted);
  const isWhole = problem === undefined;
  const rest = isWhole ? "" : `\nIts log could not be read to the end: ${problem} (${hint}).`;
  if (lines !== "") return { text: `\nIts last log lines (${hint}):\n${lines.replace(/^/gm, "  ")}${rest}`, isWhole };
  return { text: isWhole ? `\nNothing was logged (${hint}).` : rest, isWhole };
}
