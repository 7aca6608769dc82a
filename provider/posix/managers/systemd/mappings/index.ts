import { command } from "./command";
import { environment } from "./environment";
import type { Mapping } from "./mapping";
import { reload } from "./reload";
import { requires } from "./requires";
import { scalars } from "./scalars";
import { startLimit } from "./startLimit";

/** All mappings, in the order of parsing: the start limit depends on the restart delay. */
export const MAPPINGS: readonly Mapping[] = [command, scalars, reload, environment, requires, startLimit];
