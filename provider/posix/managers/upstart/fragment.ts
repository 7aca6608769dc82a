import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";

/** Reads, for all names, the state and the files. */
export const fragment: Fragment = { name: "upstart", script: `${call("read_jobs", SECRETS_FOLDER)} "$@"` };
