import type { Manager } from "./manager";
import { systemd } from "./systemd";

export { detected, detection, usualManager } from "./detection";
export { definitionHash } from "./definitionHash";

/** Every service manager that we can drive. */
const all: readonly Manager[] = [systemd];
export const MANAGERS: ReadonlyMap<string, Manager> = new Map(all.map((manager) => [manager.name, manager]));
