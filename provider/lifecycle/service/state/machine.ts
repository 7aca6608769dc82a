import type { Facts } from "../../../platform";

/**
 * Whether a host is another machine than the one that was recorded: the two ids, in words, or undefined. A machine without an
 * id, as there are before systemd and dbus, may get one any day.
 */
export function otherMachine(facts: Facts, recorded: string | undefined): string | undefined {
  if (!recorded || recorded === facts.machineId) return undefined;
  return `${facts.machineId ? `machine id ${facts.machineId}` : "no machine id"}, but the state has ${recorded}`;
}
