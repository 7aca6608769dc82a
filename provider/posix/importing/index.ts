export { readInitScript } from "./initScript";
export type { OpenrcData, ProgramReading, ScriptFile } from "./reading";
export { readJob, type JobText } from "./job";
export { readOpenrcScript } from "./openrc";
