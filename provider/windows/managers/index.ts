import type { ManagerName } from "../../../model/service";
import type { ServiceRecord } from "../reading/record";
import type { Driver } from "./driver";
import { notedManager } from "./marker";
import { nssm } from "./nssm";
import { scm } from "./scm";
import { srvany } from "./srvany";

/** The last one claims what no other does. */
export const MANAGERS: ReadonlyMap<string, Driver> = new Map(
  [nssm, srvany, scm].map((manager) => [manager.name, manager]),
);

/** The manager for a new service. */
export const USUAL: Driver = nssm;

export function driverOf(name: ManagerName): Driver {
  const driver = MANAGERS.get(name);
  if (driver === undefined) throw new Error(`${name} is no service manager of Windows`);
  return driver;
}

/** The manager whose service it is: the marker says so, or else what is in the registry. Undefined when there is no service. */
export function claimedBy(record: ServiceRecord): Driver | undefined {
  if (record.scm === undefined) return undefined;
  return MANAGERS.get(notedManager(record) ?? "") ?? [...MANAGERS.values()].find((driver) => driver.claims(record));
}
