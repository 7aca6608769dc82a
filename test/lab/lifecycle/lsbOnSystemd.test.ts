import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { lsbOnSystemd } from "./support/initScripts";

runCases(lsbOnSystemd, everyCase);
