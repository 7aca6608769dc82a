import type { Issue } from "../../../../model/errors";
import type { Definition, ManagerName } from "../../../../model/service";

/** Options of other managers than the one that is used: they would have no effect. */
export function optionsOfOthers(definition: Definition, own: ManagerName): Issue[] {
  return Object.entries(definition.options ?? {})
    .filter(([manager, options]) => manager !== own && options !== undefined)
    .map(([manager]) => ({ path: ["options", manager], message: `is for ${manager}, and the manager is ${own}` }));
}
