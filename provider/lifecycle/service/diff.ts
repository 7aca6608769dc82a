import { PropertyError } from "../../../model/errors";
import { deviations, type Deviation } from "../../../model/compare";
import { isCovered, parsePath } from "../../../model/propertyPath";
import { setAt, UNKNOWN, withoutUnknowns, type Path, type Props, type Values } from "../../../model/props";
import type { Definition, Status } from "../../../model/service";
import type { ServiceInputs } from "../../../schema/service";
import type { Manager } from "../../managers/manager";
import type { Connections } from "../connections";
import type { DiffRequest, Difference } from "../lifecycle";
import { definitionOf } from "./definition";
import { hostOfId } from "./id";
import { managerIssues } from "./check";
import type { Context } from "./context";
import { actionFor, consequenceOf, describeAction, describeMove } from "./plan";

/** What is compared, property by property: the definition with the manager's defaults, and how it runs. */
function comparable(props: Props, manager: Manager): Values {
  const { secretEnvironment: _, ...definition } = resolveKnown(definitionOf(props), manager);
  return { ...definition, startMode: props.values.startMode ?? "automatic", triggers: props.values.triggers };
}

/** The manager resolves what is known; what is not stays so, in its place. */
function resolveKnown(definition: Definition, manager: Manager): Definition {
  const unknown: Path[] = [];
  const known = withoutUnknowns(definition, [], unknown) as Definition;
  const resolved = structuredClone(manager.resolve(known));
  for (const path of unknown) setAt(resolved, path, UNKNOWN);
  return resolved;
}

/** Inputs against what was last seen on the host. */
export function changedProperties(wanted: Props, seen: Props, manager: Manager, ignore: readonly Path[]): Deviation[] {
  const inputs = wanted.values as unknown as ServiceInputs;
  const changes = [
    ...deviations(comparable(seen, manager), comparable(wanted, manager)),
    ...hiddenOrShown(wanted, seen),
    ...deviations({ unmapped: seen.values.unmapped }, {}),
  ];
  if (![undefined, "auto", manager.name, UNKNOWN].includes(inputs.manager)) {
    changes.push({ path: ["manager"], kind: "update" });
  }
  if (inputs.hold === undefined && !runsAsWanted(inputs.running ?? true, seen.values.status as Status)) {
    changes.push({ path: ["running"], kind: "update" });
  }
  const deferred = inputs.hold !== undefined || inputs.whenChanged === "defer";
  if (seen.values.restartPending === true && !deferred) changes.push({ path: ["restartPending"], kind: "update" });
  return changes.filter(({ path }) => !isCovered(path, ignore));
}

/** Variables with the right value in the wrong place: a secret where all can read it, or the other way round. */
function hiddenOrShown(wanted: Props, seen: Props): Deviation[] {
  const { environment } = wanted.values;
  if (environment === UNKNOWN) return [];
  const there = (seen.values.environment ?? {}) as Values;
  return Object.entries((environment ?? {}) as Values).flatMap(([key, value]): Deviation[] => {
    const path = ["environment", key];
    const moved = there[key] === value && wanted.secrets.covers(path) !== seen.secrets.covers(path);
    return moved ? [{ path, kind: "update" }] : [];
  });
}

function runsAsWanted(wanted: ServiceInputs["running"], status: Status): boolean {
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
  const changes = changedProperties(news, oldOutputs, recorded, request.ignoreChanges.map(parsePath));
  if (replaced.length > 0) {
    request.log.info(
      `${String(oldOutputs.values.name)} is stopped and removed on ${host} first, then made and started anew`,
    );
  }
  const situation = {
    status: (oldOutputs.values.status ?? "running") as Status,
    restartPending: oldOutputs.values.restartPending === true,
  };
  const action = changes.length === 0 ? "none" : actionFor(inputs, situation, consequenceOf(recorded, changes));
  const pid = oldOutputs.values.pid as number | undefined;
  const moves = changes.some(({ path }) => path[0] === "manager");
  const note = moves
    ? describeMove({ name: String(inputs.name), host, pid, from: recorded.name, to: manager.name })
    : describeAction(action, String(inputs.name), host, pid);
  return {
    properties: [...replaced, ...changes],
    notes: replaced.length === 0 && note !== undefined ? [note] : [],
  };
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
  if ((inputs.connection as unknown) === UNKNOWN) return all;
  const wanted: unknown = connections.hostOf(inputs.connection);
  if (wanted === UNKNOWN || (wanted !== undefined && wanted !== host)) {
    all.push({ path: ["connection", "host"], kind: "update", replace: true });
  }
  return all;
}
