import type { Definition } from "../../../../model/service";

type Restart = NonNullable<Definition["restart"]>;

/** Upstart's default `respawn limit`. */
const DEFAULT = "10 5";

/**
 * `restart.maxAttempts` as the arguments of `respawn limit`. Upstart counts restarts in a period that begins with the first
 * one, so n starts are n - 1 restarts, in the time that n starts of up to ten seconds take. 0 is no limit.
 */
export function respawnLimit({ maxAttempts, delaySeconds = 0 }: Restart): string | undefined {
  if (maxAttempts === undefined) return undefined;
  return maxAttempts === 0 ? "unlimited" : `${maxAttempts - 1} ${maxAttempts * (delaySeconds + 10)}`;
}

/** The inverse of {@link respawnLimit}: "default" for upstart's own limit, undefined for a limit that it does not write. */
export function parseRespawnLimit(text: string, delaySeconds: number | undefined): number | "default" | undefined {
  if (text === DEFAULT) return "default";
  const [, count, interval] = /^(\d+) (\d+)$/.exec(text) ?? [];
  if (text === "unlimited" || Number(count) === 0 || Number(interval) === 0) return 0;
  const maxAttempts = Number(count) + 1;
  const same = respawnLimit({ maxAttempts, ...(delaySeconds !== undefined && { delaySeconds }) }) === text;
  return same ? maxAttempts : undefined;
}
