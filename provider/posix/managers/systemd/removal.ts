import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { environmentPath } from "../common/secrets";
import { unitName } from "./name";
import { DAEMON_RELOAD } from "./steps";

/**
 * Removes a service, even one that is already half removed. Drop-ins of other people stay; `leftovers` lists them.
 * The order matters: `disable` needs the unit file, and the reload must come after its deletion.
 */
export function removal(name: string): Step[] {
  const unit = unitName(name);
  return [
    { name: "stop", script: call("unit_stop", unit) },
    { name: "disable", script: call("unit_disable_ours", unit) },
    { name: "remove files", script: call("unit_remove", unit, environmentPath(name)) },
    DAEMON_RELOAD,
    { name: "forget failures", script: call("unit_forget", unit) },
  ];
}
