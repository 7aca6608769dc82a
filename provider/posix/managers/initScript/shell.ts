import type { HostFacts } from "../../facts";
import type { Definition } from "../../../../model/service";
import { call } from "../../shell/library";
import { functionsOf } from "./machinery";
import { pidFilePath, recordPath, type ScriptManagerName } from "./name";
import { settingsText } from "./script";

/** The two parts of a script, as arguments of the functions in shell/initScript.sh. */
export const partsOf = (manager: ScriptManagerName, name: string, definition: Definition): [string, string] => [
  settingsText(name, definition, manager),
  functionsOf(manager),
];

/** Files that a script leaves behind after a service has been stopped. */
export const remains = (name: string): string[] => [recordPath(name), `${recordPath(name)}.lock`, pidFilePath(name)];

export const isSystemd = ({ init }: Pick<HostFacts, "init">): boolean => init === "systemd";

/** Makes systemd read the scripts again, because it generates a unit from each. */
export const DAEMON_RELOAD = { name: "daemon-reload", script: call("unit_do", 90, "daemon-reload") };
