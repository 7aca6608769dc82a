import { isMap } from "yaml";
import { isObject, type Values } from "../../model/props";
import { insert, parsed, YamlError } from "./insert";

/** A Pulumi YAML program that has no resources yet. */
export const emptyProgram = "name: services\nruntime: yaml\n";

/** Adds the service to a Pulumi YAML program, and what it needs there. `plugin`: the folder of the plugin. */
export function addToProgram(
  program: string,
  resource: string,
  service: Values,
  secrets: readonly string[],
  plugin: string,
): string {
  const document = parsed(program);
  const { runtime } = (document.toJS() ?? {}) as Values;
  if ((isObject(runtime) ? runtime.name : runtime) !== "yaml") throw new YamlError("has no `runtime: yaml`");
  for (const section of ["resources", "variables", "config", "configuration"]) {
    if (document.hasIn([section, resource])) throw new YamlError(`has ${section}.${resource} already`);
  }
  let text = program;
  if (!document.hasIn(["packages", "bots"]) && !document.has("plugins"))
    text = insert(text, ["packages"], "bots", plugin);
  const settings = isMap(document.get("configuration")) ? "configuration" : "config";
  for (const name of secrets) {
    if (document.hasIn([settings, name])) throw new YamlError(`has ${settings}.${name} already`);
    text = insert(text, [settings], name, { type: "string", secret: true });
  }
  const { environment = {}, ...others } = escaped(service) as { environment?: object };
  const variables = { ...environment, ...Object.fromEntries(secrets.map((name) => [name, `\${${name}}`])) };
  const properties = Object.keys(variables).length > 0 ? { ...others, environment: variables } : others;
  return insert(text, ["resources"], resource, { type: "bots:Service", properties });
}

/**
 * Escapes what Pulumi YAML would replace: in a text or a key, `${` begins a reference and `$$` is a `$`.
 * https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/
 */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/\$(?=[${])/g, "$$$$");
  if (Array.isArray(value)) return value.map(escaped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [escaped(key), escaped(inner)] as const));
}
