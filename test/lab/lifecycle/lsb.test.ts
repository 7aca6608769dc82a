import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { lsb } from "./support/initScripts";

runCases(lsb, everyCase);
