import type { Definition } from "../../../../model/service";

type Restart = NonNullable<Definition["restart"]>;

/** Upstart's own `respawn limit`, the same as none given. */
const DEFAULT = "10 5";

/**
 * `restart.maxAttempts` as the arguments of `respawn limit`: upstart counts the restarts in a time that begins with the first
 * one, so n starts are n - 1 restarts, in a time that n starts of up to ten seconds take. 0 is no limit.
 */
export function respawnLimit({ maxAttempts, delaySeconds = 0 }: Restart): string | undefined {
  if (maxAttempts === undefined) return undefined;
  return maxAttempts === 0 ? "unlimited" : `${maxAttempts - 1} ${maxAttempts * (delaySeconds + 10)}`;
}

/** Reads {@link respawnLimit} back; "default" for what means the same as none, undefined for any other limit. */
export function parseRespawnLimit(text: string, delaySeconds: number | undefined): number | "default" | undefined {
  if (text === DEFAULT) return "default";
  const [, count, interval] = /^(\d+) (\d+)$/.exec(text) ?? [];
  if (text === "unlimited" || Number(count) === 0 || Number(interval) === 0) return 0;
  const maxAttempts = Number(count) + 1;
  const same = respawnLimit({ maxAttempts, ...(delaySeconds !== undefined && { delaySeconds }) }) === text;
  return same ? maxAttempts : undefined;
}
