import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads the files and OpenRC's records in /run/openrc, for all names. */
export const fragment: Fragment = { name: "openrc", script: `${call("read_openrc", SECRETS_FOLDER)} "$@"` };
