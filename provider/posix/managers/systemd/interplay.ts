import type { Assignment, Section } from "./unitFile";

/** Older directives that set several others at once, and override earlier assignments of each. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = { TimeoutSec: ["TimeoutStartSec", "TimeoutStopSec"] };

/** Directives that fill the same list: an empty assignment of any of them resets the whole list. */
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

/** Settings with several names, or in two sections: the last assignment under any name counts. */
const ONE_SETTING: readonly (readonly `${Section}.${string}`[])[] = [
  ["Unit.StartLimitIntervalSec", "Unit.StartLimitInterval", "Service.StartLimitInterval"],
  ["Unit.StartLimitBurst", "Service.StartLimitBurst"],
  ["Unit.StartLimitAction", "Service.StartLimitAction"],
  ["Unit.FailureAction", "Service.FailureAction"],
  ["Unit.RebootArgument", "Service.RebootArgument"],
  ["Unit.OnFailureJobMode", "Unit.OnFailureIsolate"],
];

/**
 * Rewrites lines, with the same meaning, so that no directive depends on its position among others: a definition is a map
 * of directives, and keeps only the order of the lines of each.
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
