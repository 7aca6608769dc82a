import type { Live } from "../../../../model/service";
import { call } from "../../shell/library";
import type { Step } from "../../shell/step";
import { environmentPath } from "../common/secrets";
import { defaultLog } from "./name";
import { stopCall, UPDATE_DEPENDENCIES } from "./steps";

/** Removes a service, even one that is already half removed. Settings of other people stay; `leftovers` lists them. */
export function removal(name: string, live: Live): Step[] {
  const unlessOthers = (script: string) => `${call("openrc_unless_others", name)} ${script}`;
  return [
    { name: "stop", script: unlessOthers(stopCall(name, live, false)) },
    { name: "disable", script: unlessOthers(call("openrc_unlink", name)) },
    {
      name: "remove files",
      script: unlessOthers(call("openrc_remove", name, environmentPath(name), defaultLog(name))),
    },
    UPDATE_DEPENDENCIES,
  ];
}
