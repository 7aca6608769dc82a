import type { HostFacts } from "../facts";
import type { ManagerName } from "../../../model/service";
import type { Fragment } from "../shell/step";
import type { Driver, Found } from "./driver";
import { lsb, startStopDaemon } from "./initScript";
import { openrc } from "./openrc";
import { systemd } from "./systemd";
import { upstart } from "./upstart";

/** Every service manager that we can drive. */
const all: readonly Driver[] = [systemd, lsb, startStopDaemon, openrc, upstart];
/** A host's own, as far as we can drive that, else init scripts. */
const byPreference: readonly Driver[] = [systemd, upstart, openrc, lsb, startStopDaemon];

export const MANAGERS: ReadonlyMap<string, Driver> = new Map(all.map((manager) => [manager.name, manager]));

export function driverOf(name: ManagerName): Driver {
  const driver = MANAGERS.get(name);
  if (driver === undefined) throw new Error(`there is no service manager called ${name}`);
  return driver;
}

/** Whose definition of a service lies on a host: `detect_manager` looks for the files of every manager. */
export const detection: Fragment = { name: "detection", script: 'detect_manager "$@"' };

/** The manager that has a service on a host, of what {@link detection} emitted; undefined when none has. */
export function detected(found: Found): ManagerName | undefined {
  return byPreference.find((manager) => manager.claims(found))?.name;
}

/** The manager that a new service gets on a host. */
export function usualManager(facts: HostFacts): Driver | undefined {
  return byPreference.find((manager) => manager.unavailable(facts) === undefined);
}
