import { setAt } from "../../../../../model/props";
import type { Definition } from "../../../../../model/service";
import type { Directives } from "../directives";
import { formatTimeSpan, parseTimeSpan } from "../timeSpan";
import type { Section } from "../unitFile";
import type { Mapping } from "./mapping";

type Place = readonly [Section, string];

// Up to systemd 229 they are in [Service] and without "Sec". Newer versions still read the old form.
const INTERVALS: readonly Place[] = [
  ["Unit", "StartLimitIntervalSec"],
  ["Unit", "StartLimitInterval"],
  ["Service", "StartLimitInterval"],
];
const BURSTS: readonly Place[] = [
  ["Unit", "StartLimitBurst"],
  ["Service", "StartLimitBurst"],
];

/** `restart.maxAttempts` <-> StartLimitBurst= and StartLimitIntervalSec= of systemd.unit(5). 0 is no limit. */
export const startLimit: Mapping = {
  owns: [...INTERVALS, ...BURSTS].map(([section, name]) => ({ section, name, path: ["restart", "maxAttempts"] })),

  check: ({ restart }) => {
    const n = restart?.maxAttempts;
    return n === undefined || (Number.isInteger(n) && n >= 0 && n <= 1e6)
      ? []
      : [{ path: ["restart", "maxAttempts"], message: "must be a whole number from 0 (no limit)" }];
  },

  render: ({ restart }, { systemdVersion }) => {
    const n = restart?.maxAttempts;
    if (n === undefined) return [];
    const [section, name] = systemdVersion < 230 ? INTERVALS[2]! : INTERVALS[0]!;
    const interval = { section, name, value: formatTimeSpan(intervalFor(n, restart)) };
    return n === 0 ? [interval] : [{ section, name: "StartLimitBurst", value: String(n) }, interval];
  },

  parse: (directives, definition) => {
    const interval = only(directives, INTERVALS);
    const burst = only(directives, BURSTS);
    if (!interval || !burst || interval.value === undefined) return;
    const n = burst.value === undefined ? 0 : /^\d{1,7}$/.test(burst.value) ? Number(burst.value) : NaN;
    if (parseTimeSpan(interval.value) !== intervalFor(n, definition.restart) || (burst.value !== undefined && n === 0))
      return;
    setAt(definition, ["restart", "maxAttempts"], n);
    for (const [section, name] of [...INTERVALS, ...BURSTS]) directives.take(section, name);
  },
};

/** Long enough for n starts that each take up to ten seconds before they fail. */
function intervalFor(n: number, restart: Definition["restart"]): number {
  return Math.ceil(Number((n * ((restart?.delaySeconds ?? 0.1) + 10)).toFixed(6)));
}

/** The assignment that counts. Undefined when more than one spelling of the directive is used. */
function only(directives: Directives, places: readonly Place[]): { value?: string } | undefined {
  const [value, ...others] = places.flatMap(([section, name]) => directives.all(section, name).slice(-1));
  if (others.length) return undefined;
  return value === undefined ? {} : { value };
}
