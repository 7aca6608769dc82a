import { call } from "../../shell/library";
import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";
import { STATE_PROPERTIES } from "./state";

const PROPERTIES = ["Id", "Names", "FragmentPath", "SourcePath", "DropInPaths", "UnitFileState", ...STATE_PROPERTIES];

/** Reads systemd's state and the files, for all names. */
export const fragment: Fragment = {
  name: "systemd",
  script: `${call("read_units", PROPERTIES.join(","), SECRETS_FOLDER)} "$@"`,
};
