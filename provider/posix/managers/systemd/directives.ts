import type { Directive, SystemdOptions } from "../../../../model/service";
import { withoutInterplay } from "./interplay";
import { SECTIONS, type Assignment, type Section } from "./unitFile";

/** The keys of `options.systemd`, and the sections they stand for. */
export const OPTION_SECTIONS: readonly (readonly [keyof SystemdOptions, Section])[] = [
  ["unit", "Unit"],
  ["service", "Service"],
  ["install", "Install"],
];

/** Directives of which the last assignment is the one that counts; of all others we keep every line. */
const SCALAR =
  /^(Limit|Memory|CPU(Quota|Weight|Shares)|Tasks|Timeout|Private|Protect|OOM|Runtime(MaxSec|RandomizedExtraSec)|Nice$|NoNewPrivileges$|Type$|PIDFile$|RemainAfterExit$|GuessMainPID$|WatchdogSec$|NotifyAccess$|Slice$|DynamicUser$|StandardInput$|SyslogIdentifier$|Restart(Sec|Mode|KillSignal)?$|UMask$|Kill|User$|Group$|WorkingDirectory$|Description$|StartLimit|DefaultDependencies$)/;

/**
 * Lists that an empty assignment brings back to what they are without any line. Of others it says something of its own
 * (`CapabilityBoundingSet=`), or nothing at all (`After=`): there every line stays.
 */
const RESETTABLE =
  /^(Exec|Environment|PassEnvironment$|UnsetEnvironment$|SupplementaryGroups$|Description$|User$|Group$|WorkingDirectory$|WantedBy$|RequiredBy$|Alias$)/;

/**
 * The directives of a unit with its drop-ins laid over it, in order. What a property of ours can say is taken out;
 * what remains becomes `options.systemd`.
 */
export class Directives {
  readonly #values = new Map<Section, Map<string, string[]>>(SECTIONS.map((section) => [section, new Map()]));

  constructor(assignments: Iterable<Assignment>) {
    for (const { section, name, value } of withoutInterplay(assignments)) {
      const names = this.#values.get(section)!;
      const values = names.get(name);
      if (values) values.push(value);
      else names.set(name, [value]);
    }
  }

  /** Every assignment of a directive, empty ones too. */
  all(section: Section, name: string): readonly string[] {
    return this.#values.get(section)?.get(name) ?? [];
  }

  /** The assignments that count: an empty one takes back those before it. */
  effective(section: Section, name: string): readonly string[] {
    return afterReset(this.all(section, name));
  }

  /** A property says it now; `rest` is what it can't say. */
  take(section: Section, name: string, rest: readonly string[] = []): void {
    if (rest.length) this.#values.get(section)!.set(name, [...rest]);
    else this.#values.get(section)!.delete(name);
  }

  /** All that was not taken, as raw text. */
  toOptions(): SystemdOptions {
    const options: SystemdOptions = {};
    for (const [key, section] of OPTION_SECTIONS) {
      const names = [...this.#values.get(section)!].map(([name, values]) => [name, simplify(name, values)] as const);
      if (names.length) options[key] = Object.fromEntries(names);
    }
    return options;
  }
}

/** The directives in `options.systemd`, as lines. */
export function optionAssignments(options: SystemdOptions | undefined): Assignment[] {
  return OPTION_SECTIONS.flatMap(([key, section]) =>
    Object.entries(options?.[key] ?? {}).flatMap(([name, directive]) =>
      valuesOf(directive).map((value) => ({ section, name, value })),
    ),
  );
}

/** A directive's texts, one per line. */
export function valuesOf(directive: Directive): string[] {
  return Array.isArray(directive) ? directive : [directive];
}

function afterReset(values: readonly string[]): readonly string[] {
  return values.slice(values.lastIndexOf("") + 1);
}

/** Leaves out what has no effect any more. A lone empty assignment stays: for some directives it means "none at all". */
function simplify(name: string, values: readonly string[]): Directive {
  const last = values.at(-1) ?? "";
  const rest = RESETTABLE.test(name) ? afterReset(values) : values;
  const [first = "", ...others] = SCALAR.test(name) && last !== "" ? [last] : rest;
  return others.length ? [first, ...others] : first;
}
