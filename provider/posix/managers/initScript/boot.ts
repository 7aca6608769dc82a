import { call } from "../../shell/library";
import type { StartMode } from "../../../../model/service";
import type { Step } from "../../shell/step";

/** The links that start a script in run levels, such as `/etc/rc3.d/S01web`. */
const LINK = /\/rc([0-6])\.d\/([SK])\d\d/;

export interface BootState {
  startMode: StartMode;
  /** Reports links that are missing in some wanted run levels or present in others. */
  odd: { file: string; line: string }[];
}

/** The run levels in which links start a script. In 0 and 6, older tools create S links that stop things. */
export function startLevels(links: readonly string[]): number[] {
  const levels = links.flatMap((file) => {
    const [, level, kind] = LINK.exec(file) ?? [];
    return kind === "S" && level! > "0" && level! < "6" ? [Number(level)] : [];
  });
  return [...new Set(levels)].sort();
}

/** The start mode: automatic when the links are in exactly the wanted run levels, manual when there are none. */
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

/** Enables or disables the script with the host's own tool, and checks the result, because these tools always report success. */
export function bootStep(name: string, runlevels: readonly number[], startMode: StartMode): Step {
  const mode = startMode === "automatic" ? "automatic" : "manual";
  return {
    name: mode === "automatic" ? "enable" : "disable",
    script: call("script_boot", name, mode, runlevels.join(" ")),
  };
}
