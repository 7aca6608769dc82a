export { foreignFragment } from "./fragment";
export { parseForeign, type Foreign } from "./parse";
export { foreignProcesses, startForeign, stopForeign } from "./control";
