import { alternatives as ofConnections, inherited } from "../schema/connection";
import { isObject, type Values } from "../model/props";

/** Ways to say one thing: a server that says one of them has no use for another one in the defaults. */
const alternatives = [...ofConnections, ["tcp", "http", "command"]];

/**
 * A server with the defaults for what it does not say itself. Objects are merged, as deep as they go; anything else of the
 * server replaces the default, lists too. A daemon that is just `true` is on as the defaults have it.
 */
export function withDefaults(defaults: unknown, server: unknown): unknown {
  if (server === undefined) return defaults;
  if (!isObject(defaults)) return server;
  if (server === true) return defaults;
  if (!isObject(server)) return server;
  const merged: Values = { ...server };
  for (const [key, value] of Object.entries(defaults)) {
    const instead = alternatives.find((group) => group.includes(key))?.some((other) => other in server) ?? false;
    if (key in server) merged[key] = withDefaults(defaultsFor(key, value, server[key]), server[key]);
    else if (!instead) merged[key] = value;
  }
  return merged;
}

function defaultsFor(key: string, value: unknown, own: unknown): unknown {
  return key === "connection" && isObject(value) && isObject(own) ? inherited(value, own) : value;
}
