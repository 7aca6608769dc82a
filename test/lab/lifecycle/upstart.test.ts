import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { upstart } from "./support/upstart";

runCases(upstart, everyCase);
