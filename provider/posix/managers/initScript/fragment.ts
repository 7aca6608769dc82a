import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads, for all names, the script, the record of its process, and what starts it at boot. */
export const fragment: Fragment = { name: "init scripts", script: `${call("read_scripts", SECRETS_FOLDER)} "$@"` };
