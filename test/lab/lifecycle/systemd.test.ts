import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { systemd } from "./support/systemd";

runCases(systemd, everyCase);
