export { presets } from "./bots";
export type { BotsEnvironment, DaemonPreset } from "./bots";
export * from "./components/BotsServer";
export * from "./components/botsServerArgs";
export * from "./resources/connection";
export * from "./resources/provider";
export * from "./resources/service";
