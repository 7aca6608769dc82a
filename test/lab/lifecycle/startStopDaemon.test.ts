import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { startStopDaemon } from "./support/initScripts";

runCases(startStopDaemon, everyCase);
