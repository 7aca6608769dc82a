export { daemons, defaultPorts, type Daemon, type Flavour } from "./daemons";
export { usualUser, type BotsEnvironment } from "./environment";
export { basics, presets, type DaemonPreset, type Installation } from "./presets";
export type { DaemonReady } from "./ready";
export { warnings } from "./warnings";
