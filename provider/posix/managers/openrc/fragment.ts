import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads, for all names, the files and what OpenRC keeps in /run/openrc. */
export const fragment: Fragment = { name: "openrc", script: `${call("read_openrc", SECRETS_FOLDER)} "$@"` };
