import type { Definition } from "../../../../model/service";

/**
 * `restart.maxAttempts` <-> respawn_max and respawn_period of supervise-daemon(8), which counts the starts after the first
 * one, in a period that begins when the first run ends. Each start gets ten seconds and the delay before it.
 */
export function formatAttempts(restart: Definition["restart"]): [string, string][] {
  const attempts = restart?.maxAttempts;
  if (attempts === undefined) return [];
  const max = Math.max(0, attempts - 1);
  return [
    ["respawn_max", String(max)],
    ["respawn_period", String(periodOf(max, restart))],
  ];
}

/** Reads and removes the two variables if they have the values that we would write. */
export function parseAttempts(variables: Map<string, string>, restart: Definition["restart"]): number | undefined {
  const max = variables.get("respawn_max") ?? "";
  if (!/^\d{1,6}$/.test(max) || variables.get("respawn_period") !== String(periodOf(Number(max), restart))) return;
  variables.delete("respawn_max");
  variables.delete("respawn_period");
  return Number(max) === 0 ? 0 : Number(max) + 1;
}

function periodOf(max: number, restart: Definition["restart"]): number {
  return max * ((restart?.delaySeconds ?? 0) + 10);
}
