import type { Cases } from "../support/cases";
import { changing } from "./changing";
import { checking } from "./checking";
import { creating } from "./creating";
import { drifting } from "./drifting";
import { existingServices } from "./existing";
import { escaping } from "./escaping";
import { failing } from "./failing";
import { faults } from "./faults";
import { moving } from "./moving";
import { leaving } from "./leaving";
import { owning } from "./owning";
import { running } from "./running";

/** The rows of the table. */
export const everyCase: readonly Cases[] = [
  ...[
    checking,
    creating,
    changing,
    drifting,
    failing,
    owning,
    existingServices,
    running,
    moving,
    escaping,
    leaving,
    faults,
  ],
];
