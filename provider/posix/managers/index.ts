import type { HostFacts } from "../facts";
import type { ManagerName } from "../../../model/service";
import type { Fragment } from "../shell/step";
import type { Driver, Found } from "./driver";
import { lsb, startStopDaemon } from "./initScript";
import { openrc } from "./openrc";
import { systemd } from "./systemd";
import { upstart } from "./upstart";

/** All supported service managers. */
const all: readonly Driver[] = [systemd, lsb, startStopDaemon, openrc, upstart];
/** The host's own manager if it is supported, otherwise init scripts. */
const byPreference: readonly Driver[] = [systemd, upstart, openrc, lsb, startStopDaemon];

export const MANAGERS: ReadonlyMap<string, Driver> = new Map(all.map((manager) => [manager.name, manager]));

export function driverOf(name: ManagerName): Driver {
  const driver = MANAGERS.get(name);
  if (driver === undefined) throw new Error(`there is no service manager called ${name}`);
  return driver;
}

/** Finds the manager of a service on a host: `detect_manager` looks for the files of every manager. */
export const detection: Fragment = { name: "detection", script: 'detect_manager "$@"' };

/** The manager that has a service on a host, from the output of {@link detection}. Undefined when none has. */
export function detected(found: Found): ManagerName | undefined {
  return byPreference.find((manager) => manager.claims(found))?.name;
}

/** The manager for a new service on a host. */
export function usualManager(facts: HostFacts): Driver | undefined {
  return byPreference.find((manager) => manager.unavailable(facts) === undefined);
}
