import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads the state and the files, for all names. */
export const fragment: Fragment = { name: "upstart", script: `${call("read_jobs", SECRETS_FOLDER)} "$@"` };
