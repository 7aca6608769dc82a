import * as pulumi from "@pulumi/pulumi";
import { BotsServer } from "../components/BotsServer";
import type { BotsServerArgs } from "../components/types";
import { isObject, type Values } from "../model/props";
import type { ServerInputs } from "../schema/server";
import { ConfigurationError, namespace, serversOf } from "./configuration";

/** The outputs of a stack for each server. */
export interface ServerOutputs {
  /** URL of its web interface. */
  url: pulumi.Output<string | undefined>;
  /** The names of its services, by daemon. */
  services: Record<string, pulumi.Output<string>>;
}

/** The program: the servers that the stack configuration describes. */
export function program(): { servers: Record<string, ServerOutputs> } {
  const secret = [`${namespace}:servers`, `${namespace}:defaults`].some(isSecret);
  const outputs: Record<string, ServerOutputs> = {};
  for (const [name, server] of Object.entries(configured())) {
    const args = secret ? withSecretVariables(server) : server;
    const { url, services } = new BotsServer(name, args as unknown as BotsServerArgs);
    const entries = Object.entries(services).map(([daemon, service]) => [daemon, service.name] as const);
    outputs[name] = { url, services: Object.fromEntries(entries) };
  }
  return { servers: outputs };
}

/** Creates the servers. Errors in the configuration are shown without a stack trace. */
function configured(): Record<string, ServerInputs> {
  try {
    return serversOf(settings());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const where = `Correct Pulumi.${pulumi.getStack()}.yaml. Pulumi.example.yaml shows an example.`;
    throw new pulumi.RunError(`${error.message}\n${where}`);
  }
}

/** All settings of our namespace, including unknown ones, which are misspelt. */
function settings(): Values {
  const ours = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(ours.map(([key, text]) => [key.slice(namespace.length + 1), parsed(text)]));
}

/** Parses JSON, because Pulumi passes objects as JSON. Any other text stays, and is refused later with its key. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The SDK knows whether a key holds a secret, but its types don't show it. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}

/**
 * Pulumi does not tell which value under a key is secret. The secrets of a connection are known by their names. Any
 * environment variable may be secret, so all of them go to a file that only root can read.
 */
function withSecretVariables(server: ServerInputs): Values {
  const daemons = Object.entries(server.daemons ?? {}).map(([daemon, given]) => {
    if (!isObject(given) || !isObject(given.environment)) return [daemon, given] as const;
    const variables = Object.entries(given.environment).map(([key, value]) => [key, pulumi.secret(value)] as const);
    return [daemon, { ...given, environment: Object.fromEntries(variables) }] as const;
  });
  return { ...server, ...(server.daemons ? { daemons: Object.fromEntries(daemons) } : {}) };
}
