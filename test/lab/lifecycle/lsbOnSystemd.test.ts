import { checking } from "./cases/checking";
import { escaping } from "./cases/escaping";
import { everyCase } from "./cases";
import { runCases } from "./support/cases";
import { lsbOnSystemd } from "./support/initScripts";

// What is refused, and what a script makes of hard words, depends on the script alone: as with lsb.
runCases(
  lsbOnSystemd,
  everyCase.filter((cases) => cases !== checking && cases !== escaping),
);
