import { formatPath, type Path } from "../../../../model/props";
import type { Definition, Live, Observation } from "../../../../model/service";

/** The properties of a definition that is data, one observation each. */
export function observationsOf({ definition, files, secret: hidden = false }: Live): Observation[] {
  const { secretEnvironment = [], ...properties } = definition;
  const file = files[0]?.path ?? "";
  const flat = (value: unknown, path: Path): Observation[] => {
    if (value === undefined) return [];
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      const secret = hidden || (path[0] === "environment" && secretEnvironment.includes(String(path[1])));
      return [{ property: formatPath(path), value, file, ...(secret && { secret }) }];
    }
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, [...path, key]));
  };
  return flat(properties, []);
}

/** The definition of an existing service; if that is a program, only its log files, as far as they could be read. */
export function observedDefinition({ definition, observed }: Pick<Live, "definition" | "observed">): Definition {
  if (observed === undefined) return definition;
  const logs: Definition["logs"] = {};
  for (const { property, value } of observed) {
    if (typeof value !== "string") continue;
    if (property === "logs.stdout") logs.stdout = value;
    if (property === "logs.stderr") logs.stderr = value;
  }
  return Object.keys(logs).length > 0 ? { logs } : {};
}

/** One line for each observation. */
export const observations = (observed: readonly Observation[]): string[] => observed.map((one) => `  ${said(one)}`);

function said({ property, value, unknown, file, line, secret }: Observation): string {
  const where = `(${file}${line === undefined ? "" : `:${line}`})`;
  if (unknown !== undefined) return `${property}: not known, ${unknown} ${where}`;
  return `${property}: ${secret === true ? "[secret]" : JSON.stringify(value)} ${where}`;
}
