export { daemons, defaultPorts, type Daemon, type Flavour } from "./daemons";
export { isWindows, usualUser, type BotsEnvironment } from "./environment";
export { basics, forManager, presets, type DaemonPreset, type Installation } from "./presets";
export type { DaemonReady } from "./ready";
export { warnings } from "./warnings";
