import type { ManagerName } from "../../../model/service";
import { lsb, startStopDaemon } from "./initScript";
import type { Driver } from "./driver";
import { openrc } from "./openrc";
import { systemd } from "./systemd";
import { upstart } from "./upstart";

export { detected, detection, usualManager } from "./detection";

/** Every service manager that we can drive. */
const all: readonly Driver[] = [systemd, lsb, startStopDaemon, openrc, upstart];
export const MANAGERS: ReadonlyMap<string, Driver> = new Map(all.map((manager) => [manager.name, manager]));

export function driverOf(name: ManagerName): Driver {
  const driver = MANAGERS.get(name);
  if (driver === undefined) throw new Error(`there is no service manager called ${name}`);
  return driver;
}
