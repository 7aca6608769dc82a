export { readInitScript } from "./initScript";
export type { OpenrcReading, ProgramReading, ScriptFile } from "./reading";
