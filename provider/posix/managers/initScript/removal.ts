import type { HostFacts } from "../../facts";
import type { Live } from "../../../../model/service";
import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { environmentPath } from "../common/secrets";
import { logPath, type ScriptManagerName } from "./name";
import { DAEMON_RELOAD, isSystemd, remains } from "./shell";
import { stop } from "./steps";

/** Removes a service, even one that is already half removed. */
export function removal(manager: ScriptManagerName, name: string, live: Live, facts: HostFacts): Step[] {
  const files = [environmentPath(name), logPath(name), ...remains(name), `/var/lock/subsys/${name}`];
  const forget: Step = { name: "forget failures", script: call("unit_forget", `${name}.service`) };
  return [
    { name: "stop", script: stop(manager, name, live, facts) },
    { name: "disable", script: call("script_unregister", name) },
    { name: "remove files", script: call("script_remove", ...files) },
    ...(isSystemd(facts) ? [DAEMON_RELOAD, forget] : []),
  ];
}
