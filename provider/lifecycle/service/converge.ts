import { HostError, PropertyError } from "../../../model/errors";
import { shQuote } from "../../posix/shell/quote";
import { parsePath } from "../../../model/propertyPath";
import type { Values } from "../../../model/props";
import type { Live, Marker } from "../../../model/service";
import type { HostFile, Step } from "../../posix/shell/step";
import { copyName, dropKeptStep, keepStep, keptFolder } from "../../posix/host/former";
import { decide, type Plan } from "./decide";
import { keptPaths, look, mustRun, type Operation } from "./operation";
import type { Ownership } from "./ownership";
import { settle } from "./settle";
import { stepFailure, undo } from "./undo";

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
  const { session, name, log } = operation;
  progress.ownerId = plan.marker.ownerId;
  if (ownership.kind === "same" && ownership.formerUrn !== undefined) {
    log.warning(
      `${name} was created by ${ownership.formerUrn} and is already as wanted: this resource takes it over without a restart`,
    );
  }
  if (ownership.kind === "ours" && ownership.formerly !== undefined && !again) {
    log.info(`this run takes over ${name} from another run of this resource (owner ${ownership.formerly})`);
  }
  const files = rendered(operation, plan.marker);
  if (plan.write || plan.action === "start" || plan.action === "restart") await checkBeforehand(operation, files);

  const steps = stepsOf(operation, live, plan, files);
  progress.wrote ||= steps.length > 0;
  const result = await session.run(steps, operation.startBy);
  if (result.failed) await undo(operation, live, plan, await stepFailure(operation, result.failed));
  const problem = plan.unsettled ? await settle(operation) : undefined;
  if (problem !== undefined && plan.action === "none" && !plan.changes && !again) {
    log.info(`${name} was running and was left alone, but ${problem}; checking it again`);
    // A Create may restart what runs and is not ready; an Update only what a refresh has seen so.
    const former = { ...operation.former, status: operation.former.status ?? ("notReady" as const) };
    return converge({ ...operation, former }, await look(operation), ownership, progress, true);
  }
  if (problem !== undefined) await undo(operation, live, plan, `did not come up: ${problem}`);
  await mustRun(operation, [dropKeptStep(name, ["former"])]);
  return look(operation);
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
  const { session, manager, name, wanted, host, log } = operation;
  const looked = await mustRun(operation, [manager.preflight(wanted)]);
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
  if (!verified.failed) {
    const remarks = verified.stderr.trim();
    if (remarks !== "") log.warning(`${manager.name} on ${host} reports about ${name}: ${remarks}`);
    return;
  }
  const words = verified.failed.stderr.trim();
  throw new HostError("remote", host, `${manager.name} rejects this definition of ${name}:\n${words}`);
}

/** The whole change as one block: what is kept first, then the manager's own steps. */
function stepsOf(operation: Operation, live: Live, plan: Plan, files: HostFile[]): Step[] {
  const { session, manager, from, name, inputs, log } = operation;
  const own = keptPaths(manager, name, live);
  const there = from === undefined ? own : [...keptPaths(from.manager, name, from.live), ...own];
  const written = new Set(files.map((file) => file.path));
  const remove = [...live.overrides, ...live.files.map((file) => file.path)].filter(
    (path) => !written.has(path) && own.includes(path),
  );
  const obstacles = plan.obstacles.map(({ path }) => path).filter((path) => written.has(path));
  // What lies over a new service makes another one of it, as it does over one of ours.
  const moved =
    plan.write && (live.marker !== undefined || !live.installed)
      ? [...new Set([...live.overrides, ...(plan.original === undefined ? obstacles : [])])]
      : [];
  if (moved.length > 0) {
    log.warning(`moved to ${keptFolder(name)}, because they override ${name}: ${moved.join(", ")}`);
  }
  // A definition of somebody else's is ended by its own means, while these are there.
  const ends = plan.takesOver && plan.action !== "none";
  return [
    ...(plan.original === undefined ? [] : [keepStep(name, plan.original, there)]),
    ...(moved.length > 0 ? [keepStep(name, copyName("moved"), moved)] : []),
    ...(plan.write && plan.canRollBack ? [keepStep(name, "former", there, (from?.manager ?? manager).name)] : []),
    ...(from === undefined ? [] : leaveSteps(operation, from)),
    ...(ends ? manager.existingSteps({ name, action: "stop" }, live, session.facts) : []),
    ...manager.steps(
      {
        name,
        ...(plan.write ? { write: { files, remove } } : {}),
        ...(plan.setStartMode ? { startMode: inputs.startMode ?? "automatic" } : {}),
        action: ends ? (plan.action === "stop" ? "none" : "start") : plan.action,
      },
      live,
      session.facts,
    ),
  ];
}

/** Ends a service under the manager that it leaves: gone from there before it starts here, for two must never run. */
function leaveSteps(
  { name, session, log, host }: Operation,
  { manager, live }: NonNullable<Operation["from"]>,
): Step[] {
  if (live !== undefined) {
    const foreign = live.marker === undefined;
    const stop = foreign ? manager.existingSteps({ name, action: "stop" }, live, session.facts) : [];
    return [...stop, ...manager.removal(name, live, session.facts)];
  }
  const paths = manager.paths(name);
  log.warning(`${manager.name} no longer runs on ${host}; its files of ${name} are moved to ${keptFolder(name)}`);
  return [
    keepStep(name, copyName("moved"), paths),
    { name: "remove former files", script: `rm -f ${paths.map(shQuote).join(" ")}` },
  ];
}
