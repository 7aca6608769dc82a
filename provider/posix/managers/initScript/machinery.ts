import { hostScript, partOf } from "../../shell/library";
import type { ScriptManagerName } from "./name";

/** What our init scripts do below the settings: one text for all services of a manager. See shell/initScript/record.sh. */
export const machineryOf = (manager: ScriptManagerName): string =>
  hostScript(
    ...["record", "paths", "actions", "supervise", "run", manager, "dispatch"].map((file) => `initScript/${file}`),
  );

/** What of that a session needs to end and to find processes: also of use where there is no script any more. */
export const functionsOf = (manager: ScriptManagerName): string =>
  partOf(
    hostScript(...["record", "paths", "actions", "run", manager].map((file) => `initScript/${file}`)),
    "load stop_service",
  );
