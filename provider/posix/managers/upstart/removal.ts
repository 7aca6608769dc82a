import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { environmentPath, SECRETS_FOLDER } from "../common/secrets";
import { jobPath, overridePath } from "./name";
import { RELOAD_CONFIGURATION, stop } from "./shell";

/**
 * Takes a job away, also one of which half is gone. It is stopped first: without its file upstart would let it run on.
 * Upstart's log of it stays, as a journal would.
 * An override that says more than `manual` is somebody else's and stays; `leftovers` names it.
 */
export function removal(name: string, live: Live): Step[] {
  const override = shQuote(overridePath(name));
  const files = `
rm -f ${shQuote(jobPath(name))} ${shQuote(environmentPath(name))} || return
if [ -f ${override} ]; then
  case $(grep -v '^[ \\t]*\\(manual[ \\t]*\\)\\{0,1\\}\\(#.*\\)\\{0,1\\}$' ${override}) in
    *[![:space:]]*) emit leftovers "${overridePath(name)}
" ;;
    *) rm -f ${override} || return ;;
  esac
fi
rmdir ${SECRETS_FOLDER} 2>/dev/null
return 0`;
  return [
    { name: "stop", script: stop(name, live.definition) },
    { name: "remove files", script: files },
    { name: "reload-configuration", script: RELOAD_CONFIGURATION },
  ];
}
