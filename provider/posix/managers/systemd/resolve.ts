import { getAt, setAt } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { splitEnvironment } from "../common/environment";
import { SCALARS } from "./mappings/scalars";
import { formatEnvironmentFile } from "./environmentFile";
import { parseUnit, renderUnit } from "./unit";
import { parseUnitFile } from "./unitFile";

const ENVIRONMENT_FILE = "/resolve.env";

/**
 * A definition as systemd would carry it out: every value in its one spelling (written and read back), its defaults
 * filled in. Two definitions that mean the same resolve to the same. For comparing and hashing, not for writing: an
 * explicit `User=root`, for one, is not the same as none (it sets HOME).
 */
export function resolve(definition: Definition): Definition {
  const unit = renderUnit(definition, { environmentFile: ENVIRONMENT_FILE, systemdVersion: Infinity });
  const resolved = parseUnit(parseUnitFile(unit).assignments, {
    environmentFile: ENVIRONMENT_FILE,
    environmentText: formatEnvironmentFile(splitEnvironment(definition).secret),
  });
  const service = resolved.options?.systemd?.service ?? {};
  for (const { path, name, default: value } of SCALARS) {
    const unset = getAt(resolved, path) === undefined && !Object.hasOwn(service, name);
    if (unset && value !== undefined) setAt(resolved, path, value);
  }
  const account = ["User", "Group", "DynamicUser"].some((name) => Object.hasOwn(service, name)) || resolved.runAs;
  if (!account) resolved.runAs = { user: "root" };
  return resolved;
}
