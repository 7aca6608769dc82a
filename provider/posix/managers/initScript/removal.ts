import { shQuote, shWords } from "../../shell/quote";
import type { HostFacts } from "../../../../model/host";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { environmentPath, SECRETS_FOLDER } from "../common/secrets";
import { unregister } from "./boot";
import { LOG_FOLDER, logPath, scriptPath, type ScriptManagerName } from "./name";
import { DAEMON_RELOAD, isSystemd, remains } from "./shell";
import { stop } from "./steps";

/** Takes a service away, also one of which half is gone. */
export function removal(manager: ScriptManagerName, name: string, live: Live, facts: HostFacts): Step[] {
  const log = logPath(name);
  const files = [environmentPath(name), ...remains(name), log, `${log}.1`, `/var/lock/subsys/${name}`];
  const removeFiles = `
rm -f ${shWords(files)} || return
rmdir ${SECRETS_FOLDER} ${LOG_FOLDER} /var/run/pulumi-bots 2>/dev/null
return 0`;
  const forget: Step = {
    name: "forget failures",
    script: `systemctl reset-failed ${shQuote(`${name}.service`)} 2>/dev/null\nreturn 0`,
  };
  return [
    { name: "stop", script: stop(manager, name, live, facts) },
    { name: "disable", script: unregister(name, scriptPath(name)) },
    { name: "remove files", script: removeFiles },
    ...(isSystemd(facts) ? [DAEMON_RELOAD, forget] : []),
  ];
}
