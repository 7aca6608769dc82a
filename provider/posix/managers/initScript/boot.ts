import { call } from "../../shell/library";
import type { StartMode } from "../../../../model/service";
import type { Step } from "../../shell/step";

/** Links that start a script in run levels: `/etc/rc3.d/S01web`. */
const LINK = /\/rc([0-6])\.d\/([SK])\d\d/;

export interface BootState {
  startMode: StartMode;
  /** Links that only some of the wanted run levels have, or others. */
  odd: { file: string; line: string }[];
}

/** The run levels that links start a script in. Older tools make links in 0 and 6 that are called S and stop things. */
export function startLevels(links: readonly string[]): number[] {
  const levels = links.flatMap((file) => {
    const [, level, kind] = LINK.exec(file) ?? [];
    return kind === "S" && level! > "0" && level! < "6" ? [Number(level)] : [];
  });
  return [...new Set(levels)].sort();
}

/** Does it start at boot? In all of the wanted run levels and in no other it does; in none of them it does not. */
export function parseBoot(links: readonly string[], runlevels: readonly number[], openrc: boolean): BootState {
  if (openrc) {
    const there = links.some((link) => link.startsWith("/etc/runlevels/"));
    return { startMode: there ? "automatic" : "manual", odd: [] };
  }
  const levels = startLevels(links);
  const complete = levels.length > 0 && String(levels) === String([...runlevels].sort());
  if (complete || levels.length === 0) return { startMode: complete ? "automatic" : "manual", odd: [] };
  const line = `(it starts in run level ${levels.join(", ")}, and its header says ${runlevels.join(", ")})`;
  const file = links.find((link) => LINK.exec(link)?.[2] === "S")!;
  return { startMode: "manual", odd: [{ file, line }] };
}

/** Sets whether it starts at boot by the host's own tool, and looks whether it did: these tools say yes to everything. */
export function bootStep(name: string, runlevels: readonly number[], startMode: StartMode): Step {
  const mode = startMode === "automatic" ? "automatic" : "manual";
  return {
    name: mode === "automatic" ? "enable" : "disable",
    script: call("script_boot", name, mode, runlevels.join(" ")),
  };
}
