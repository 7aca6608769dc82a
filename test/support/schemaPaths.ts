import type { z } from "zod";
import { formatPath, getAt, setAt, UNKNOWN, type Path, type Values } from "../../model/props";

/** Every property of a schema, at any depth. Keys of records are `KEY`, elements of lists 0. */
export function pathsOf(schema: z.ZodType, at: Path = []): Path[] {
  const def = schema.def as {
    innerType?: z.ZodType;
    options?: z.ZodType[];
    shape?: Record<string, z.ZodType>;
    valueType?: z.ZodType;
    element?: z.ZodType;
  };
  if (def.innerType) return pathsOf(def.innerType, at);
  const below = [
    ...(def.options ?? []).flatMap((option) => pathsOf(option, at)),
    ...Object.entries(def.shape ?? {}).flatMap(([key, value]) => [[...at, key], ...pathsOf(value, [...at, key])]),
    ...(def.valueType ? [[...at, "KEY"], ...pathsOf(def.valueType, [...at, "KEY"])] : []),
    ...(def.element ? [[...at, 0], ...pathsOf(def.element, [...at, 0])] : []),
  ];
  return [...new Map(below.map((path) => [formatPath(path), path])).values()];
}

const required: Record<string, Values> = {
  jump: { host: "b" },
  http: { url: "http://localhost/" },
  failureActions: { actions: [{ type: "restart" }] },
};

/** `base` with another value at `path`, and with the properties that are required beside it. */
export function valueAt(value: unknown, base: Values, path: Path): Values {
  const copy = JSON.parse(JSON.stringify(base)) as Values;
  path.slice(0, -1).forEach((key, i) => {
    const at = path.slice(0, i + 1);
    if (path[i + 1] === 0 && getAt(copy, at) === undefined) setAt(copy, at, []);
    for (const [name, needed] of Object.entries(required[key] ?? {}))
      setAt(copy, [...at, name], structuredClone(needed));
  });
  const forWinRm = path.findIndex((key) => key === "tls" || key === "authentication");
  if (path[forWinRm - 1] === "connection" || path[forWinRm - 2] === "hosts")
    setAt(copy, [...path.slice(0, forWinRm), "type"], UNKNOWN);
  setAt(copy, path, value);
  return copy;
}
