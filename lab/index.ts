export { LabError } from "./errors";
export { findHost, listHosts, startHost, stopHost } from "./hosts";
export { missingForLab } from "./requirements";
export { sweep } from "./sweep";
export type { HostFacts, HostKind, HostOptions, LabHost, RunOptions, RunResult } from "./types";
