import type { Definition } from "../../../../model/service";

/** The keywords of `depend()` that we write (openrc-run(8), "Dependencies"). */
export interface Dependencies {
  want: string[];
  need: string[];
  use: string[];
  after: string[];
}

/**
 * `requires` becomes `want` and `after`: the other service starts first and together with this one, and this one starts even if
 * the other fails. OpenRC supports `want` since 0.21; older versions print a warning and keep the order.
 */
export function dependenciesOf({ requires = [], options }: Definition): Dependencies {
  const { need = [], use = [], after = [] } = options?.openrc ?? {};
  return { want: [...new Set(requires)], need, use, after: [...new Set([...requires, ...after])] };
}

export function formatDepend(dependencies: Dependencies): string {
  const lines = (["want", "need", "use", "after"] as const)
    .filter((kind) => dependencies[kind].length > 0)
    .map((kind) => `\t${kind} ${dependencies[kind].join(" ")}\n`);
  return lines.length > 0 ? `depend() {\n${lines.join("")}}\n` : "";
}

/** Reads `depend()` from the lines of any script. `rest` has the lines outside of it and those that no property covers. */
export function parseDepend(lines: readonly string[]): { dependencies: Dependencies; rest: string[] } {
  const dependencies: Dependencies = { want: [], need: [], use: [], after: [] };
  const rest: string[] = [];
  let inside = false;
  for (const line of lines) {
    if (/^\s*depend\s*\(\)\s*\{\s*$/.test(line)) inside = true;
    else if (inside && /^\s*\}\s*$/.test(line)) inside = false;
    else if (!inside || !takeLine(line, dependencies)) rest.push(line);
  }
  return { dependencies, rest };
}

function takeLine(line: string, dependencies: Dependencies): boolean {
  const [kind = "", ...names] = line
    .replace(/\s#.*$/, "")
    .trim()
    .split(/\s+/);
  if (kind === "" || kind.startsWith("#") || kind === ":") return true;
  if (!["want", "need", "use", "after"].includes(kind)) return false;
  if (!names.every((name) => /^[A-Za-z0-9_.+-]+$/.test(name))) return false;
  dependencies[kind as keyof Dependencies].push(...names);
  return true;
}

/** The properties for these dependencies. */
export function definitionOf({ want, need, use, after }: Dependencies): Pick<Definition, "requires"> & {
  openrc: { need?: string[]; use?: string[]; after?: string[] };
} {
  const requires = want.filter((name) => after.includes(name));
  // `want` without `after` sets no order, so it is not `requires`. `use` would depend on the run level.
  const later = after.filter((name) => !requires.includes(name));
  return {
    ...(requires.length > 0 && { requires }),
    openrc: {
      ...(need.length > 0 && { need }),
      ...(use.length > 0 && { use }),
      ...(later.length > 0 && { after: later }),
    },
  };
}

/** The dependencies that no property covers. */
export function unsaid({ want, after }: Dependencies): string[] {
  return want.filter((name) => !after.includes(name)).map((name) => `want ${name}`);
}
