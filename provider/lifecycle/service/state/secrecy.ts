import type { Path, Values } from "../../../../model/props";
import { SecretPaths } from "../../../../model/props";
import type { Live } from "../../../../model/service";

/** What a definition may hold that only its file keeps from others. Texts such as a signal would only make errors unreadable. */
const MAY_HOLD_SECRETS = ["environment", "command", "reload", "options"] as const;

/** Lines for the outputs, without the mark of those that not every user of the host may read, and the paths of these. */
export function withoutMarks<Line extends { secret?: boolean }>(
  property: string,
  lines: readonly Line[],
): { values: Omit<Line, "secret">[]; secrets: Path[] } {
  return {
    values: lines.map(({ secret: _, ...line }) => line),
    secrets: lines.flatMap((line, i) => (line.secret === true ? [[property, i]] : [])),
  };
}

/**
 * Which outputs are secret: those that repeat a secret input, variables from the file that only root can read, and what
 * stands in a definition that not every user of the host may read.
 */
export function secretOutputs(outputs: Values, live: Live, inputs: Iterable<Path>): SecretPaths {
  const secrets = new SecretPaths();
  const variables = Object.keys(outputs.environment ?? {});
  for (const path of inputs) {
    const all: Path[] = path.length === 0 ? Object.keys(outputs).map((key) => [key]) : [path];
    for (const [property, ...rest] of all) {
      // One by one: the whole environment is secret when its file is.
      if (property === "environment" && rest.length === 0) variables.forEach((key) => secrets.add([property, key]));
      else if (Object.hasOwn(outputs, property!)) secrets.add([property!, ...upToList(rest)]);
      if (property === "name" || property === "logs") secrets.add(["logHint"]);
    }
  }
  for (const key of live.definition.secretEnvironment ?? []) secrets.add(["environment", key]);
  if (live.secret === true) {
    for (const property of MAY_HOLD_SECRETS) if (outputs[property] !== undefined) secrets.add([property]);
  }
  return secrets;
}

/** A list as a whole: what is read back may stand in another order. */
function upToList(path: Path): Path {
  const at = path.findIndex((key) => typeof key === "number");
  return at === -1 ? path : path.slice(0, at);
}
