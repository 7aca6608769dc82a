import type { Assignment, Section } from "./unitFile";

/** An older directive that sets several others at once: from its place on, it counts for each of them. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = { TimeoutSec: ["TimeoutStartSec", "TimeoutStopSec"] };

/** Directives that fill one list: an empty assignment of any of them takes back what all of them have put there. */
const ONE_LIST: readonly RegExp[] = [
  /^Condition/,
  /^Assert/,
  /^Bind(ReadOnly)?Paths$/,
  /^ReadWrite(Paths|Directories)$/,
  /^ReadOnly(Paths|Directories)$/,
  /^Inaccessible(Paths|Directories)$/,
  /^StandardInput(Text|Data)$/,
  /^LoadCredential(Encrypted)?$/,
  /^SetCredential(Encrypted)?$/,
];

/** One setting under several names, or in two sections: of all of them the last assignment counts. */
const ONE_SETTING: readonly (readonly `${Section}.${string}`[])[] = [
  ["Unit.StartLimitIntervalSec", "Unit.StartLimitInterval", "Service.StartLimitInterval"],
  ["Unit.StartLimitBurst", "Service.StartLimitBurst"],
  ["Unit.StartLimitAction", "Service.StartLimitAction"],
  ["Unit.FailureAction", "Service.FailureAction"],
  ["Unit.RebootArgument", "Service.RebootArgument"],
  ["Unit.OnFailureJobMode", "Unit.OnFailureIsolate"],
];

/**
 * The lines with the same meaning, but so that no directive depends on where it stands among others: a definition is a
 * map of directives, and keeps the order of each one's own lines only.
 */
export function withoutInterplay(assignments: Iterable<Assignment>): Assignment[] {
  let kept: Assignment[] = [];
  for (const assignment of assignments) {
    const { section, name, value } = assignment;
    const list = value === "" ? ONE_LIST.find((family) => family.test(name)) : undefined;
    if (list) kept = kept.filter((other) => other.section !== section || !list.test(other.name));
    else if (section !== "Service" || !Object.hasOwn(SEVERAL, name)) kept.push(assignment);
    else kept.push(...SEVERAL[name]!.map((one) => ({ section, name: one, value })));
  }
  for (const places of ONE_SETTING) {
    const placeOf = ({ section, name }: Assignment) => `${section}.${name}`;
    const isOne = (assignment: Assignment) => places.some((place) => place === placeOf(assignment));
    const last = kept.findLast(isOne);
    if (last) kept = kept.filter((other) => !isOne(other) || placeOf(other) === placeOf(last));
  }
  return kept;
}
