import { shQuote } from "../../shell/quote";
import type { Step } from "../../shell/step";
import { dropInFolders } from "../common/dropIns";
import { environmentPath, SECRETS_FOLDER } from "../common/secrets";
import { bootLinks, ETC, RUNTIME, unitName, unitPath } from "./name";
import { systemctl } from "./shell";
import { DAEMON_RELOAD, stop } from "./steps";

/**
 * Takes a service away, also one of which half is gone. Drop-ins of other people stay; `leftovers` names them.
 * In the order of the facts: `disable` needs the file, the reload needs it gone.
 */
export function removal(name: string): Step[] {
  const unit = shQuote(unitName(name));
  return [
    { name: "stop", script: stop(name) },
    { name: "disable", script: `[ ! -f ${shQuote(unitPath(name))} ] || ${systemctl(60, "disable", unitName(name))}` },
    { name: "remove files", script: removeFiles(name) },
    DAEMON_RELOAD,
    { name: "forget failures", script: `systemctl reset-failed ${unit} 2>/dev/null\nreturn 0` },
  ];
}

/** Also the links that `disable` would have removed: it fails when the file went before. */
function removeFiles(name: string): string {
  const path = shQuote(unitPath(name));
  const unit = shQuote(unitName(name));
  return `
rm -f ${path} ${shQuote(environmentPath(name))} ${bootLinks(ETC, name)} ${bootLinks(RUNTIME, name)} || return
for link in ${ETC}/*.service ${RUNTIME}/*.service; do
  [ -L "$link" ] || continue
  case $(readlink "$link") in ${path}|${unit}) rm -f "$link" || return ;; esac
done
leftovers=
for folder in ${dropInFolders(unitName(name)).map(shQuote).join(" ")}; do
  rmdir "$folder" 2>/dev/null
  for file in "$folder"/*; do
    [ ! -e "$file" ] || leftovers="$leftovers$file
"
  done
done
[ -z "$leftovers" ] || emit leftovers "$leftovers"
rmdir ${SECRETS_FOLDER} 2>/dev/null
return 0`;
}
