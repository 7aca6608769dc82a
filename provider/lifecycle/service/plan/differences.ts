import { deviations, type Deviation } from "../../../../model/compare";
import { setAt, UNKNOWN, withoutUnknowns, type Path } from "../../../../model/props";
import type { Definition, Status } from "../../../../model/service";
import { holdsUnknown } from "../../../../schema/validate";
import type { Impact } from "../../../rules";
import type { Rules, Seen } from "./seen";
import type { Wanted } from "./wanted";

/** A property that differs from the wanted value, and the impact of changing it. */
export interface Difference extends Deviation {
  asks: Impact;
}

const order: readonly Impact[] = ["none", "enable", "reload", "restart"];

/** The greatest impact of some differences. */
export function mostOf(differences: readonly Difference[]): Impact {
  return order[Math.max(0, ...differences.map(({ asks }) => order.indexOf(asks)))] ?? "none";
}

/** All differences between the wanted and the seen service. */
export function differencesOf(wanted: Wanted, seen: Seen): Difference[] {
  const { values, inputs } = wanted;
  const { rules } = seen;
  const existing = values.existing === true;
  const one = (path: Path, kind: Deviation["kind"] = "update"): Difference => ({
    path,
    kind,
    asks: asksFor(rules, path),
  });
  const between = (property: string, have: unknown, want: unknown) =>
    deviations(have, want, [property]).map(({ path, kind }) => one(path, kind));
  return [
    ...between("existing", seen.existing || undefined, values.existing || undefined),
    ...(existing ? [] : definitionDifferences(wanted.definition, seen)),
    ...between("startMode", seen.startMode, values.startMode ?? "automatic"),
    ...(existing && isPutOff(wanted) ? [] : triggerDifferences(wanted, seen)),
    ...(existing || !hasUnmapped(seen) ? [] : [one(["unmapped"], "delete")]),
    ...([undefined, "auto", rules.name].includes(values.manager as string) ? [] : [one(["manager"])]),
    ...(runsAsWanted(wanted, seen.status) ? [] : [one(["running"])]),
    ...(seen.restartPending && inputs.hold === undefined && inputs.whenChanged !== "defer"
      ? [one(["restartPending"])]
      : []),
  ];
}

/** Counts an unexpected or missing marker as unmapped, even if unmapped lines are ignored. */
function hasUnmapped({ unmapped = [], ownerId, owned, existing, masked }: Seen): boolean {
  return unmapped.length > 0 || (ownerId !== undefined && !owned && !existing && !masked);
}

function asksFor(rules: Rules, path: Path): Impact {
  return path[0] === "manager" ? "restart" : rules.impact(path);
}

/** The differences between two definitions, with the manager's defaults filled in. */
export function definitionDifferences(
  wanted: Definition,
  seen: Pick<Seen, "rules" | "definition" | "secret">,
): Difference[] {
  const { rules } = seen;
  const { secretEnvironment: hiddenThere = [], ...have } = resolveKnown(seen.definition, rules);
  const { secretEnvironment: hidden = [], ...want } = resolveKnown(wanted, rules);
  const differences = deviations(have, want).map((one) => ({ ...one, asks: asksFor(rules, one.path) }));
  // If the whole file is secret, no variable in it is exposed.
  if (seen.secret) return differences;
  const variables = Object.entries(want.environment ?? {});
  // The value is right but its file is wrong: a secret in a file that all can read, or the other way round.
  const moved = variables.filter(
    ([key, value]) => have.environment?.[key] === value && hidden.includes(key) !== hiddenThere.includes(key),
  );
  const asks = asksFor(rules, ["secretEnvironment"]);
  return [...differences, ...moved.map(([key]): Difference => ({ path: ["environment", key], kind: "update", asks }))];
}

/** Fills in the manager's defaults for the known values; unknown values stay UNKNOWN. */
export function resolveKnown(definition: Definition, rules: Rules): Definition {
  const unknown: Path[] = [];
  const { command, ...rest } = definition;
  const known = withoutUnknowns({ command, ...(withoutHalfLists(rest) as object) }, [], unknown) as Definition;
  const resolved = structuredClone(rules.defaults(known));
  for (const path of unknown) setAt(resolved, path, UNKNOWN);
  return resolved;
}

/** Treats a list with an unknown element as unknown: managers sort names, and treat a list of one like its element. */
function withoutHalfLists(value: unknown): unknown {
  if (Array.isArray(value)) return holdsUnknown(value) ? UNKNOWN : value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutHalfLists(inner)]));
}

/** Was the restart of an existing service deferred in an earlier run? Then it is no difference a second time. */
function isPutOff({ inputs, formerTriggers, triggers }: Wanted): boolean {
  const puts = inputs.whenChanged === "defer" || inputs.hold !== undefined;
  return puts && deviations(formerTriggers, triggers.values).length === 0;
}

function triggerDifferences({ values, triggers }: Wanted, seen: Seen): Difference[] {
  // A service new to this resource: its process counts as having seen the triggers.
  const isNew = values.existing !== true && !seen.marked && seen.ownerId === undefined;
  const asks = isNew ? "none" : "restart";
  return deviations(seen.triggers, triggers.values, ["triggers"]).map((one) => ({ ...one, asks }));
}

function runsAsWanted({ values, inputs }: Wanted, status: Status): boolean {
  if (inputs.hold !== undefined) return true;
  const running = values.running ?? true;
  if (running === true) return status === "running";
  if (running === false) return status === "stopped" || status === "failed" || status === "notInstalled";
  return running === "unmanaged";
}
