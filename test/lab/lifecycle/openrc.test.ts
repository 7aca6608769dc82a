import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { openrc } from "./support/openrc";

runCases(openrc, everyCase);
