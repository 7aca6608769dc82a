import type { Definition } from "../../../../model/service";

/** The words of `depend()` that we write (openrc-run(8), "Dependencies"). */
export interface Dependencies {
  want: string[];
  need: string[];
  use: string[];
  after: string[];
}

/**
 * `requires` is `want` and `after`: started before this one, and with it, and no reason not to start when it fails.
 * `want` came with OpenRC 0.21; older ones say that they don't know it, and keep the order.
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

/** Reads a `depend()` out of lines, ours or foreign; `rest` are the lines that are not of it, or that it can't say. */
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

/** The properties that say the same. */
export function definitionOf({ want, need, use, after }: Dependencies): Pick<Definition, "requires"> & {
  openrc: { need?: string[]; use?: string[]; after?: string[] };
} {
  const requires = want.filter((name) => after.includes(name));
  // `want` without `after` orders nothing: it is no `requires`. As a `use` it would hang on the run level.
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

/** What of it no property says. */
export function unsaid({ want, after }: Dependencies): string[] {
  return want.filter((name) => !after.includes(name)).map((name) => `want ${name}`);
}
