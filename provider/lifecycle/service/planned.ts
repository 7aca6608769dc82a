import { SecretPaths, UNKNOWN, type Props } from "../../../model/props";
import { definitionProperties } from "../../../schema/service";
import type { Difference } from "../lifecycle";

/** The outputs for a preview: values that the host decides are UNKNOWN. */
export function plannedOutputs(inputs: Props, old?: { outputs: Props; difference: Difference }): Props {
  const planned: Props["values"] = {};
  const existing = inputs.values.existing === true;
  for (const key of ["name", "existing", ...(existing ? [] : definitionProperties), "triggers"]) {
    if (inputs.values[key] !== undefined) planned[key] = inputs.values[key];
  }
  planned.startMode = inputs.values.startMode ?? "automatic";
  const changes = old === undefined || old.difference.properties.length > 0;
  const live = ["running", "status", "pid", "restartCount", "files", "unmapped", "restartPending"];
  for (const key of existing ? [...live, "observed"] : live) {
    planned[key] = changes ? UNKNOWN : old.outputs.values[key];
  }
  planned.machineId = old?.outputs.values.machineId ?? UNKNOWN;
  if (!existing) planned.ownerId = old?.outputs.values.ownerId ?? UNKNOWN;
  const { manager } = inputs.values;
  const moves = old?.difference.properties.some(({ path }) => path[0] === "manager") ?? true;
  planned.manager =
    moves && manager !== undefined && manager !== "auto" ? manager : (old?.outputs.values.manager ?? UNKNOWN);
  planned.logHint = moves ? UNKNOWN : old?.outputs.values.logHint;
  // Values from the old outputs keep their secrecy.
  const kept = [...(old?.outputs.secrets ?? [])].filter(
    ([key]) => planned[String(key)] === old?.outputs.values[String(key)],
  );
  return { values: planned, secrets: new SecretPaths([...inputs.secrets, ...kept]) };
}
