import { changing } from "./cases/changing";
import { creating } from "./cases/creating";
import { failing } from "./cases/failing";
import { leaving } from "./cases/leaving";
import { runCases } from "./support/cases";
import { startStopDaemon } from "./support/initScripts";

// What the script says, who reads it and how it starts at boot is as with lsb: these are the cases that start and end programs.
runCases(startStopDaemon, [creating, changing, failing, leaving]);
