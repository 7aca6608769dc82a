import { formatPath, isObject, type Values } from "../../model/props";
import { ConfigurationError, namespace, serversOf } from "../../stacks/configuration";
import type { Draft, Problem } from "../draft";
import { daemonOf, serverOf } from "../presets";
import { insert, parsed, YamlError } from "./insert";

/** The server of a draft, for the stack configuration: its name and settings. */
export function serverIn({ bots, given, secrets }: Draft): { name: string; server: Values; daemon: string } {
  const { connection = {}, ...overrides } = given;
  const { host, ...login } = connection as Values;
  // A path to a secret value needs the object that will hold it.
  if (secrets.length > 0) overrides.environment ??= {};
  const daemon = daemonOf(bots!.preset)!;
  const own = { [daemon]: Object.keys(overrides).length === 0 ? true : overrides };
  const server = {
    ...(Object.keys(login).length > 0 && { connection: login }),
    ...serverOf(bots!.values),
    // Without an entry, the web server is on.
    daemons: daemon === "webserver" ? own : { webserver: false, ...own },
  };
  return { name: String(host), server, daemon };
}

/** Adds the server to a stack configuration. */
export function addToConfiguration(text: string, draft: Draft): string {
  const { name, server } = serverIn(draft);
  if (parsed(text).hasIn(["config", `${namespace}:servers`, name])) {
    throw new YamlError(`has config.${namespace}:servers.${name} already`);
  }
  return insert(text, ["config", `${namespace}:servers`], name, server);
}

/** What is wrong with the server of a draft in a stack configuration. What the others have wrong is not its fault. */
export function configurationProblems(text: string, draft: Draft): Problem[] {
  const { config = {} } = (parsed(text).toJS() ?? {}) as { config?: Values };
  const { name } = serverIn(draft);
  const settings = { servers: config[`${namespace}:servers`], defaults: config[`${namespace}:defaults`] };
  try {
    serversOf(Object.fromEntries(Object.entries(settings).filter(([, value]) => isObject(value))));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const own = error.issues.filter(({ path }) => path[0] === "servers" && path[1] === name);
    return own.map(({ path, message }) => ({ flag: `${namespace}:${formatPath(path)}`, message }));
  }
}
