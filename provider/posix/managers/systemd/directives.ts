import type { Directive, SystemdOptions } from "../../../../model/service";
import { withoutInterplay } from "./interplay";
import { SECTIONS, type Assignment, type Section } from "./unitFile";

/** The keys of `options.systemd` and their sections. */
export const OPTION_SECTIONS: readonly (readonly [keyof SystemdOptions, Section])[] = [
  ["unit", "Unit"],
  ["service", "Service"],
  ["install", "Install"],
];

/** Directives of which only the last assignment counts. Of all others we keep every line. */
const SCALAR =
  /^(Limit|Memory|CPU(Quota|Weight|Shares)|Tasks|Timeout|Private|Protect|OOM|Runtime(MaxSec|RandomizedExtraSec)|Nice$|NoNewPrivileges$|Type$|PIDFile$|RemainAfterExit$|GuessMainPID$|WatchdogSec$|NotifyAccess$|Slice$|DynamicUser$|StandardInput$|SyslogIdentifier$|Restart(Sec|Mode|KillSignal)?$|UMask$|Kill|User$|Group$|WorkingDirectory$|Description$|StartLimit|DefaultDependencies$)/;

/**
 * Lists that an empty assignment resets to their default. For other directives an empty assignment has its own meaning
 * (`CapabilityBoundingSet=`) or no effect (`After=`), so all their lines are kept.
 */
const RESETTABLE =
  /^(Exec|Environment|PassEnvironment$|UnsetEnvironment$|SupplementaryGroups$|Description$|User$|Group$|WorkingDirectory$|WantedBy$|RequiredBy$|Alias$)/;

/**
 * The directives of a unit and its drop-ins, in order. The mappings take those that a property can express; the rest becomes
 * `options.systemd`.
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

  /** All assignments of a directive, including empty ones. */
  all(section: Section, name: string): readonly string[] {
    return this.#values.get(section)?.get(name) ?? [];
  }

  /** The assignments that count: an empty one resets those before it. */
  effective(section: Section, name: string): readonly string[] {
    return afterReset(this.all(section, name));
  }

  /** Marks a directive as covered by a property. `rest` has the lines that the property can't express. */
  take(section: Section, name: string, rest: readonly string[] = []): void {
    if (rest.length) this.#values.get(section)!.set(name, [...rest]);
    else this.#values.get(section)!.delete(name);
  }

  /** The directives that no property covers, as raw text. */
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

/** The values of a directive, one for each line. */
export function valuesOf(directive: Directive): string[] {
  return Array.isArray(directive) ? directive : [directive];
}

function afterReset(values: readonly string[]): readonly string[] {
  return values.slice(values.lastIndexOf("") + 1);
}

/** Drops assignments without effect. A lone empty assignment stays, because for some directives it means "none". */
function simplify(name: string, values: readonly string[]): Directive {
  const last = values.at(-1) ?? "";
  const rest = RESETTABLE.test(name) ? afterReset(values) : values;
  const [first = "", ...others] = SCALAR.test(name) && last !== "" ? [last] : rest;
  return others.length ? [first, ...others] : first;
}
