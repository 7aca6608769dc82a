export { LabError } from "./errors";
export { findHost, listHosts, startHost } from "./hosts";
export { stopHost } from "./lifetime";
export { missingForLab } from "./requirements";
export { sweep } from "./sweep";
export type { HostFacts, HostKind, HostOptions, LabHost, RunOptions, RunResult } from "./types";
