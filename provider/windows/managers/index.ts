import type { ManagerName } from "../../../model/service";
import type { ServiceRecord } from "../reading/record";
import type { Driver } from "./driver";
import { nssm } from "./nssm";

export const MANAGERS: ReadonlyMap<string, Driver> = new Map([nssm].map((manager) => [manager.name, manager]));

/** The manager for a new service. */
export const USUAL: Driver = nssm;

export function driverOf(name: ManagerName): Driver {
  const driver = MANAGERS.get(name);
  if (driver === undefined) throw new Error(`${name} is no service manager of Windows`);
  return driver;
}

/** The manager whose service it is; undefined when it is of another kind, or not there. */
export function claimedBy(record: ServiceRecord): ManagerName | undefined {
  return [...MANAGERS.values()].find((driver) => driver.claims(record))?.name;
}
