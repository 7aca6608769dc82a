import { hostScript, partOf } from "../../shell/library";
import type { ScriptManagerName } from "./name";

/** The part of our init scripts below the settings: one text for all services of a manager. See shell/initScript/record.sh. */
export const machineryOf = (manager: ScriptManagerName): string =>
  hostScript(
    ...["record", "paths", "actions", "supervise", "run", manager, "dispatch"].map((file) => `initScript/${file}`),
  );

/** The functions of it that find and end processes. A session needs them even when the script no longer exists. */
export const functionsOf = (manager: ScriptManagerName): string =>
  partOf(
    hostScript(...["record", "paths", "actions", "run", manager].map((file) => `initScript/${file}`)),
    "load stop_service",
  );
