export { daemons, defaultPorts, type Daemon, type Flavour } from "./daemons";
export type { BotsEnvironment } from "./environment";
export { basics, presets, type DaemonBasics, type DaemonPreset } from "./presets";
export type { DaemonReady } from "./ready";
export { warnings } from "./warnings";
