import type { HostFacts } from "../../facts";
import type { Definition } from "../../../../model/service";
import { call } from "../../shell/library";
import { functionsOf } from "./machinery";
import { pidFilePath, recordPath, type ScriptManagerName } from "./name";
import { settingsText } from "./script";

/** The two parts of a script, as the functions of shell/initScript.sh take them. */
export const partsOf = (manager: ScriptManagerName, name: string, definition: Definition): [string, string] => [
  settingsText(name, definition, manager),
  functionsOf(manager),
];

/** What a script leaves behind of a service that has been ended. */
export const remains = (name: string): string[] => [recordPath(name), `${recordPath(name)}.lock`, pidFilePath(name)];

export const isSystemd = ({ init }: Pick<HostFacts, "init">): boolean => init === "systemd";

/** Makes systemd look at the scripts again: it makes a unit of each. */
export const DAEMON_RELOAD = { name: "daemon-reload", script: call("unit_do", 90, "daemon-reload") };
