export { foreignFragment } from "./fragment";
export { parseForeign, type Foreign } from "./parse";
export { endForeignLoop, foreignProcesses, startForeign, stopForeign } from "./control";
