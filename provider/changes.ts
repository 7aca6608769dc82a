import { jsonSchema, referenced, type JsonSchema } from "../schema/about";
import { policyProperties, serviceSchema } from "../schema/service";
import type { ManagerRules } from "./rules";

/** One sentence on what a change of a service property does, from the schema or else from the managers' rules. */
export function changes(managers: ReadonlyMap<string, ManagerRules>): (property: string) => string | undefined {
  const { properties = {}, $defs = {} } = jsonSchema(serviceSchema);
  return (name) => {
    const property = properties[name];
    if (property === undefined || property.change !== undefined) return property?.change;
    if ((policyProperties as readonly string[]).includes(name)) return "A change touches nothing on the host.";
    return fromRules([...managers.values()], leavesOf(name, $defs[referenced(property) ?? ""]));
  };
}

function leavesOf(name: string, type: JsonSchema | undefined): string[][] {
  const inner = Object.keys(type?.properties ?? {});
  return inner.length === 0 ? [[name]] : inner.map((property) => [name, property]);
}

function fromRules(managers: readonly ManagerRules[], paths: readonly string[][]): string {
  const impacts = managers.map((manager) => paths.map((path) => manager.impact(path)));
  const all = impacts.flat();
  if (all.every((impact) => impact === "restart")) return "A change restarts the service.";
  if (all.every((impact) => impact === "enable")) return "A change enables or disables the service.";
  if (!all.includes("restart")) return "A change does not restart the service.";
  const without = managers.filter((_, i) => !impacts[i]!.includes("restart")).map(({ name }) => `\`${name}\``);
  return `A change may restart the service${without.length > 0 ? `, except with ${without.join(", ")}` : ""}.`;
}
