import { relative, sep } from "node:path";

/** The name of the resource in a program: that of the service, without what Pulumi does not accept in a URN. */
export const resourceName = (service: unknown): string =>
  (typeof service === "string" ? service : "")
    .split(/[^\w.]+/)
    .filter(Boolean)
    .join("-") || "service";

/** A name for a constant of JavaScript. */
export function constantName(resource: string): string {
  const [first = "", ...others] = resource.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = first.toLowerCase() + others.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[a-z]/.test(name) && !taken.has(name) ? name : `service${name.replace(/^[a-z]/, (c) => c.toUpperCase())}`;
}

/** Names that the printed program uses itself, and words of the language. */
const taken = new Set(
  "bots pulumi config break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await async implements interface package private protected public".split(
    " ",
  ),
);

/** The folder of the plugin for `packages:` in a Pulumi.yaml: relative where it is below the folder of the program. */
export function pluginFolder(plugin: string, program: string): string {
  const path = relative(program, plugin).split(sep).join("/");
  return path.startsWith("..") ? plugin : `./${path}`;
}
