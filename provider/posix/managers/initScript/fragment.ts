import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads the script, the record of its process and its boot links, for all names. */
export const fragment: Fragment = { name: "init scripts", script: `${call("read_scripts", SECRETS_FOLDER)} "$@"` };
