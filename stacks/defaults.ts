import { alternatives as ofConnections, inherited } from "../schema/connection";
import { isObject, type Values } from "../model/props";

/** Groups of properties with the same purpose: a server that sets one of a group ignores the others in the defaults. */
const alternatives = [...ofConnections, ["tcp", "http", "command"]];

/**
 * Merges the defaults into a server. Objects are merged at every level; all other values of the server, lists included,
 * replace the default. A daemon that is just `true` has the settings of the defaults.
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
