import type { Issue } from "../model/errors";
import { formatPath, getAt, isObject, type Path, type Values } from "../model/props";
import { serverSchema, type ServerInputs } from "../schema/server";
import { serverIssues } from "../schema/serverIssues";
import { stackSchema } from "../schema/serverStack";
import { validate } from "../schema/validate";
import { conflicts } from "./conflicts";
import { withDefaults } from "./defaults";

/** The namespace of our stack configuration: `edi:servers`, `edi:defaults`. */
export const namespace = "edi";

/** All errors in the stack configuration, each with its key. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
  constructor(readonly issues: readonly Issue[]) {
    const lines = issues.map(({ path, message }) => `  ${namespace}:${formatPath(path)}: ${message}`);
    super(`The stack configuration is invalid:\n${lines.join("\n")}`);
  }
}

/** The servers in a stack configuration (keys without `edi:`), with the defaults merged in. */
export function serversOf(settings: Values): Record<string, ServerInputs> {
  const issues = validate(stackSchema, settings);
  const defaults = isObject(settings.defaults) ? settings.defaults : {};
  issues.push(...defaultsIssues(defaults));
  const servers: Record<string, ServerInputs> = {};
  for (const [name, own] of Object.entries(isObject(settings.servers) ? settings.servers : {})) {
    if (!isObject(own)) continue;
    const server = withDefaults(defaults, own) as Values;
    servers[name] = server as unknown as ServerInputs;
    for (const { path, message } of serverIssues(server)) {
      issues.push({ path: [...origin(path, name, own, defaults), ...path], message });
    }
  }
  if (issues.length === 0) issues.push(...conflicts(servers));
  if (issues.length > 0) throw new ConfigurationError(withoutRepetitions(issues));
  return servers;
}

/** Errors in the defaults alone. Missing properties are fine, because each server may set them. */
function defaultsIssues(defaults: Values): Issue[] {
  const issues = validate(serverSchema, defaults)
    .filter(({ message }) => message !== "is required")
    .map(({ path, message }): Issue => ({ path: ["defaults", ...path], message }));
  if (getAt(defaults, ["connection", "host"]) !== undefined) {
    issues.push({
      path: ["defaults", "connection", "host"],
      message: "must not be in the defaults, because it identifies one machine",
    });
  }
  return issues;
}

/** The key of a value: in the server, or in the defaults. */
function origin(path: Path, name: string, own: Values, defaults: Values): Path {
  const onlyDefault = getAt(own, path) === undefined && getAt(defaults, path) !== undefined;
  return onlyDefault ? ["defaults"] : ["servers", name];
}

/** Drops duplicates, because a wrong default is wrong in every server. */
function withoutRepetitions(issues: readonly Issue[]): Issue[] {
  const seen = new Map(issues.map((issue) => [`${formatPath(issue.path)}: ${issue.message}`, issue]));
  return [...seen.values()];
}
