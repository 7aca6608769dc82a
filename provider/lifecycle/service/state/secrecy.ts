import type { Path, Values } from "../../../../model/props";
import { SecretPaths } from "../../../../model/props";
import type { Live } from "../../../../model/service";

/** Properties that may hold secrets in a file that others can't read. Hiding others, such as a signal, would garble errors. */
const MAY_HOLD_SECRETS = ["environment", "command", "reload", "options"] as const;

/** The lines for the outputs without their `secret` mark, and the paths of the secret ones. */
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
 * The secret outputs: those that repeat a secret input, variables from the file that only root can read, and properties of a
 * definition that not every user of the host may read.
 */
export function secretOutputs(outputs: Values, live: Live, inputs: Iterable<Path>): SecretPaths {
  const secrets = new SecretPaths();
  const variables = Object.keys(outputs.environment ?? {});
  for (const path of inputs) {
    const all: Path[] = path.length === 0 ? Object.keys(outputs).map((key) => [key]) : [path];
    for (const [property, ...rest] of all) {
      // Each variable is marked by itself, because a secret `environment` means that its whole file is secret.
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

/** Cuts a path at a list: a list is secret as a whole, because its elements may be read back in another order. */
function upToList(path: Path): Path {
  const at = path.findIndex((key) => typeof key === "number");
  return at === -1 ? path : path.slice(0, at);
}
