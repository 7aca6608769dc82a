import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { environmentPath, SECRETS_FOLDER } from "../common/secrets";
import { confPath, defaultLog, LOG_FOLDER, scriptPath } from "./name";
import { FORGET, stopScript } from "./shell";
import { UPDATE_DEPENDENCIES } from "./steps";

/** Takes a service away, also one of which half is gone. Settings of other people stay; `leftovers` names them. */
export function removal(name: string, live: Live): Step[] {
  const steps: Step[] = [
    { name: "stop", script: stopScript(name, live, false) },
    // Not by rc-update: it fails for what is half gone.
    { name: "disable", script: `rm -f /etc/runlevels/*/${shQuote(name)}` },
    { name: "remove files", script: removeFiles(name) },
  ];
  return [
    ...steps.map(({ script, ...step }) => ({ ...step, script: `${unlessOthers(name)}${script}` })),
    UPDATE_DEPENDENCIES,
  ];
}

/** An init script of another manager at the same place, with what OpenRC knows of it, is none of ours. */
function unlessOthers(name: string): string {
  const script = shQuote(scriptPath(name));
  return `[ ! -f ${script} ] || head -n 1 ${script} | grep -Eq 'openrc-run|runscript' || return 0\n`;
}

function removeFiles(name: string): string {
  const log = shQuote(defaultLog(name));
  return `
name=${shQuote(name)}
rm -f ${shQuote(scriptPath(name))} ${shQuote(environmentPath(name))} ${log} ${log}.1 || return
rmdir ${SECRETS_FOLDER} ${LOG_FOLDER} 2>/dev/null
${FORGET}
leftovers=
for level in /etc/runlevels/*; do
  file=${shQuote(confPath(name))}.\${level##*/}
  [ ! -e "$file" ] || leftovers="$leftovers$file
"
done
[ ! -e ${shQuote(confPath(name))} ] || leftovers="$leftovers"${shQuote(confPath(name))}"
"
[ -z "$leftovers" ] || emit leftovers "$leftovers"
return 0`;
}
