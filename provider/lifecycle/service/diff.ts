import { PropertyError } from "../../../model/errors";
import { deviations, type Deviation } from "../../../model/compare";
import { isCovered, parsePath } from "../../../model/propertyPath";
import { setAt, UNKNOWN, withoutUnknowns, type Path, type Props, type Values } from "../../../model/props";
import type { Definition, Status } from "../../../model/service";
import type { ServiceInputs } from "../../../schema/service";
import { holdsUnknown } from "../../../schema/validate";
import type { ManagerRules } from "../../rules";
import type { Connections } from "../connections";
import type { DiffRequest, Difference } from "../lifecycle";
import { definitionOf, definitionProperties } from "./definition";
import { hostOfId } from "./id";
import { managerIssues } from "./check";
import type { Context } from "./context";
import { actionFor, consequenceOf, describeAction, describeMove, mustBeKnown, withoutReload } from "./plan";

/** What is compared, property by property: the definition with the manager's defaults, and how it runs. */
function comparable(props: Props, manager: ManagerRules): Values {
  const { secretEnvironment: _, ...definition } = resolveKnown(definitionOf(props), manager);
  return { ...definition, startMode: props.values.startMode ?? "automatic", triggers: props.values.triggers };
}

/** The manager resolves what is known; what is not stays so, in its place. */
function resolveKnown(definition: Definition, manager: ManagerRules): Definition {
  const unknown: Path[] = [];
  const { command, ...rest } = definition;
  const known = withoutUnknowns({ command, ...(withoutHalfLists(rest) as object) }, [], unknown) as Definition;
  const resolved = structuredClone(manager.defaults(known));
  for (const path of unknown) setAt(resolved, path, UNKNOWN);
  return resolved;
}

/** A list with something unknown in it is unknown as a whole: a manager sorts names, and takes a list of one for its element. */
function withoutHalfLists(value: unknown): unknown {
  if (Array.isArray(value)) return holdsUnknown(value) ? UNKNOWN : value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutHalfLists(inner)]));
}

/** Inputs against what was last seen on the host. `before`: the inputs of the last run. */
export function changedProperties(
  wanted: Props,
  seen: Props,
  manager: ManagerRules,
  ignore: readonly Path[],
  before: Props = wanted,
): Deviation[] {
  const inputs = wanted.values as unknown as ServiceInputs;
  const changes =
    inputs.existing === true ? existingChanges(wanted, seen, before) : definitionChanges(wanted, seen, manager);
  if (![undefined, "auto", manager.name].includes(inputs.manager)) changes.push({ path: ["manager"], kind: "update" });
  const held = isKnown(inputs.hold) && inputs.hold !== undefined;
  if (!held && !runsAsWanted(inputs.running ?? true, seen.values.status as Status)) {
    changes.push({ path: ["running"], kind: "update" });
  }
  const deferred = held || inputs.whenChanged === "defer";
  if (seen.values.restartPending === true && !deferred) changes.push({ path: ["restartPending"], kind: "update" });
  return changes.filter(({ path }) => !isCovered(path, ignore));
}

function definitionChanges(wanted: Props, seen: Props, manager: ManagerRules): Deviation[] {
  return [
    ...deviations({ existing: seen.values.existing }, { existing: wanted.values.existing || undefined }),
    ...deviations(comparable(seen, manager), comparable(wanted, manager)),
    ...hiddenOrShown(wanted, seen),
    ...deviations({ unmapped: seen.values.unmapped }, {}),
  ];
}

/** Of an existing service the definition is not compared: it is somebody else's to change. */
function existingChanges({ values: wanted }: Props, { values: seen }: Props, before: Props): Deviation[] {
  const deferred = wanted.whenChanged === "defer" && deviations(before.values.triggers, wanted.triggers).length === 0;
  return [
    ...deviations({ existing: seen.existing }, { existing: true }),
    ...deviations({ startMode: seen.startMode }, { startMode: wanted.startMode ?? "automatic" }),
    ...(deferred ? [] : deviations({ triggers: seen.triggers }, { triggers: wanted.triggers })),
  ];
}

/** Variables with the right value in the wrong place: a secret where all can read it, or the other way round. */
function hiddenOrShown(wanted: Props, seen: Props): Deviation[] {
  const { environment } = wanted.values;
  // Of a file that is secret as a whole no variable can be said to stand in the wrong place.
  if (environment === UNKNOWN || seen.secrets.covers(["environment"])) return [];
  const there = (seen.values.environment ?? {}) as Values;
  return Object.entries((environment ?? {}) as Values).flatMap(([key, value]): Deviation[] => {
    const path = ["environment", key];
    const moved = there[key] === value && wanted.secrets.covers(path) !== seen.secrets.covers(path);
    return moved ? [{ path, kind: "update" }] : [];
  });
}

function isKnown(value: unknown): boolean {
  return value !== UNKNOWN;
}

function runsAsWanted(wanted: ServiceInputs["running"], status: Status): boolean {
  if (!isKnown(wanted)) return false;
  if (wanted === true) return status === "running";
  return wanted !== false || status === "stopped" || status === "failed";
}

export function diffService(context: Context, request: DiffRequest): Difference {
  const { connections, managers } = context;
  const { id, news, oldOutputs } = request;
  const inputs = news.values as unknown as ServiceInputs;
  const host = hostOfId(id);
  const suspended = connections.suspended(host, inputs.connection);
  if (suspended !== undefined) {
    request.log.warning(`${host} is suspended, not compared: ${suspended}`);
    return { properties: [], notes: [] };
  }
  const recorded = managers.get(String(oldOutputs.values.manager));
  if (recorded === undefined)
    throw new Error(`the state names no manager that is known: ${String(oldOutputs.values.manager)}`);
  const manager = managers.get(String(inputs.manager)) ?? recorded;
  const issues = managerIssues(news, [], manager);
  if (issues.length > 0) throw new PropertyError(issues);
  const replaced = replacements(inputs, oldOutputs, host, connections);
  const ignore = request.ignoreChanges.map(parsePath);
  const changes = changedProperties(news, oldOutputs, recorded, ignore, request.oldInputs);
  if (replaced.length > 0) {
    const sure = isKnown(inputs.name) && isKnown(connections.hostOf(inputs.connection));
    const what = `${String(oldOutputs.values.name)} ${sure ? "is" : "may be"} stopped and removed on ${host} first`;
    request.log.info(`${what}, then made and started anew`);
  }
  return {
    properties: [...replaced, ...changes],
    notes: replaced.length === 0 ? notesOf(inputs, oldOutputs, host, { recorded, manager }, changes) : [],
  };
}

/** What happens to the process, in words. What is unknown decides nothing: the note names it. */
function notesOf(
  inputs: ServiceInputs,
  { values }: Props,
  host: string,
  { recorded, manager }: { recorded: ManagerRules; manager: ManagerRules },
  changes: readonly Deviation[],
): string[] {
  const { name } = inputs;
  const pid = values.pid as number | undefined;
  if (changes.length === 0) return [];
  const known = withoutUnknowns(inputs) as ServiceInputs;
  const takesOver = isTakeover(inputs, values, changes);
  const consequence = takesOver ? "restart" : consequenceOf(recorded, changes);
  const status = (values.status ?? "running") as Status;
  if (status === "unknown" && mustBeKnown(known, consequence)) {
    return [`can't change ${name} on ${host}: nothing on the host tells whether it runs`];
  }
  if (inputs.existing === true && values.existing !== true) {
    return [`leaves the definition of ${name} on ${host} as it is, and no longer manages it`];
  }
  if (changes.some(({ path }) => path[0] === "manager")) {
    const unknown = `may move ${name} on ${host} from ${recorded.name} to another manager`;
    const to = manager.name;
    return [isKnown(inputs.manager) ? describeMove({ name, host, pid, from: recorded.name, to }) : unknown];
  }
  const situation = { status, restartPending: values.restartPending === true };
  const action = actionFor(takesOver ? withoutReload(known) : known, situation, consequence);
  const note = describeAction(action, name, host, pid);
  const replaces = takesOver ? [`replaces the definition of ${name} that is on ${host}, which is kept there`] : [];
  if (note === undefined) return replaces;
  const open = (["running", "hold", "whenChanged"] as const).filter((property) => !isKnown(inputs[property]));
  return [
    ...replaces,
    open.length === 0 ? note : `${note}, unless ${open.join(" or ")} (not known yet) says otherwise`,
  ];
}

/** Will a definition of ours take the place of one that somebody else has written and that says something else? */
function isTakeover(inputs: ServiceInputs, seen: Values, changes: readonly Deviation[]): boolean {
  if (inputs.existing === true || seen.ownerId !== undefined) return false;
  const definition: readonly unknown[] = ["existing", "unmapped", ...definitionProperties];
  return seen.existing === true || changes.some(({ path }) => definition.includes(path[0]));
}

/** A service is what it is called and where it is; both are said in the id. */
function replacements(
  inputs: ServiceInputs,
  seen: Props,
  host: string,
  connections: Connections,
): Difference["properties"] {
  const all: Difference["properties"] = [];
  if (inputs.name !== seen.values.name) all.push({ path: ["name"], kind: "update", replace: true });
  const wanted = connections.hostOf(inputs.connection);
  if (wanted !== undefined && wanted !== host) {
    const path = (inputs.connection as unknown) === UNKNOWN ? ["connection"] : ["connection", "host"];
    all.push({ path, kind: "update", replace: true });
  }
  return all;
}
