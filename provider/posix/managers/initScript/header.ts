import type { Definition, InitScriptOptions } from "../../../../model/service";
import { trimEndOf } from "../../../../model/text";

/** The defaults of the options. */
export const DEFAULT_RUNLEVELS: readonly number[] = [2, 3, 4, 5];
const DEFAULT_REQUIRED: readonly string[] = ["$remote_fs", "$network"];

/** The lines of a header whose values are properties. All other lines follow from these. */
export const HEADER_KEYS = ["Required-Start", "Required-Stop", "Should-Start", "Default-Start"] as const;
type HeaderKey = (typeof HEADER_KEYS)[number];

/**
 * The comment lines that the tools of init systems read: the header of the Linux Standard Base, and the two lines for
 * chkconfig(8) of older Red Hat releases. No value of a user can add a line.
 */
export function formatHeader(name: string, definition: Definition, own: InitScriptOptions | undefined): string[] {
  const { runlevels, requiredStart, requiredStop } = withDefaults(own);
  const requires = definition.requires ?? [];
  const stopped = [0, 1, 2, 3, 4, 5, 6].filter((level) => !runlevels.includes(level));
  const title = printable(definition.displayName ?? definition.description ?? name);
  const description = printable(definition.description ?? definition.displayName ?? name);
  const line = (key: string, value: string | readonly (string | number)[]) =>
    `# ${`${key}:`.padEnd(18)} ${typeof value === "string" ? value : value.join(" ")}`.trimEnd();
  return [
    "### BEGIN INIT INFO",
    line("Provides", name),
    line("Required-Start", requiredStart),
    line("Required-Stop", requiredStop),
    ...(requires.length > 0 ? [line("Should-Start", requires), line("Should-Stop", requires)] : []),
    line("Default-Start", runlevels),
    line("Default-Stop", stopped),
    line("Short-Description", title),
    line("Description", description),
    "### END INIT INFO",
    `# chkconfig: ${runlevels.join("")} 90 10`,
    `# description: ${description}`,
  ];
}

/** The text as one line. A backslash at its end would continue it on the next line. */
function printable(text: string): string {
  return trimEndOf(text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " "), /[\s\\]/).trim() || "-";
}

/** Options with their defaults. */
export function withDefaults(own: InitScriptOptions | undefined) {
  const requiredStart = own?.requiredStart ?? DEFAULT_REQUIRED;
  const runlevels = [...new Set(own?.runlevels ?? DEFAULT_RUNLEVELS)].sort();
  return { runlevels, requiredStart, requiredStop: own?.requiredStop ?? requiredStart };
}

export interface ParsedHeader {
  options: Required<Omit<InitScriptOptions, "pidFile">>;
  requires: string[];
  /** The numbers of the lines that were read. */
  taken: Set<number>;
  /** The lines among them that are invalid. */
  odd: string[];
}

/** Reads the lines that are properties. The first line of each key counts. */
export function parseHeader(lines: readonly string[]): ParsedHeader {
  const taken = new Set<number>();
  const odd: string[] = [];
  const words = (key: HeaderKey): string[] => {
    const at = lines.findIndex((line) => line.startsWith(`# ${key}:`));
    if (at === -1) return [];
    taken.add(at);
    return lines[at]!.slice(key.length + 3)
      .split(/\s+/)
      .filter(Boolean);
  };
  const levels = words("Default-Start");
  const runlevels = levels.filter((level) => /^[1-5]$/.test(level));
  if (runlevels.length < levels.length) odd.push(`# Default-Start: ${levels.join(" ")}`);
  return {
    options: {
      runlevels: runlevels.map(Number),
      requiredStart: words("Required-Start"),
      requiredStop: words("Required-Stop"),
    },
    requires: words("Should-Start"),
    taken,
    odd,
  };
}

/** Options without those that equal the default. */
export function withoutDefaults(options: InitScriptOptions): InitScriptOptions {
  const { runlevels, requiredStart = [], requiredStop = [], ...rest } = options;
  const same = (one: readonly unknown[] | undefined, other: readonly unknown[]) => one?.join(" ") === other.join(" ");
  return {
    ...rest,
    ...(runlevels && !same(runlevels, DEFAULT_RUNLEVELS) && { runlevels }),
    ...(!same(requiredStart, DEFAULT_REQUIRED) && { requiredStart }),
    ...(!same(requiredStop, requiredStart) && { requiredStop }),
  };
}
