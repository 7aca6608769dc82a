import type { Facts } from "../../../platform";

/**
 * Describes the two ids if a host is a different machine from the recorded one; else undefined. A machine without an id
 * (before systemd and dbus) may get one any time, so a recorded empty id never differs.
 */
export function otherMachine(facts: Facts, recorded: string | undefined): string | undefined {
  if (!recorded || recorded === facts.machineId) return undefined;
  return `${facts.machineId ? `machine id ${facts.machineId}` : "no machine id"}, but the state has ${recorded}`;
}
