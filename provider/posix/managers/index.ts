import { lsb, startStopDaemon } from "./initScript";
import type { Manager } from "../../manager";
import { openrc } from "./openrc";
import { systemd } from "./systemd";
import { upstart } from "./upstart";

export { detected, detection, usualManager } from "./detection";
export { definitionHash } from "./definitionHash";

/** Every service manager that we can drive. */
const all: readonly Manager[] = [systemd, lsb, startStopDaemon, openrc, upstart];
export const MANAGERS: ReadonlyMap<string, Manager> = new Map(all.map((manager) => [manager.name, manager]));
