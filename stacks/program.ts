import * as pulumi from "@pulumi/pulumi";
import { BotsServer } from "../components/BotsServer";
import type { BotsServerArgs } from "../components/types";
import { isObject, type Values } from "../model/props";
import type { ServerInputs } from "../schema/server";
import { ConfigurationError, namespace, serversOf } from "./configuration";

/** What a stack shows in the end of each server. */
export interface ServerOutputs {
  /** Where its web interface is. */
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

/** The servers; what is wrong with them is for the reader of a terminal, who has no use for a stack trace. */
function configured(): Record<string, ServerInputs> {
  try {
    return serversOf(settings());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const where = `Correct Pulumi.${pulumi.getStack()}.yaml. Pulumi.example.yaml shows an example.`;
    throw new pulumi.RunError(`${error.message}\n${where}`);
  }
}

/** All settings of our namespace, also those that nobody knows: these are misspelt. */
function settings(): Values {
  const ours = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${namespace}:`));
  return Object.fromEntries(ours.map(([key, text]) => [key.slice(namespace.length + 1), parsed(text)]));
}

/** Objects come as JSON. What is none is left as it is, to be refused with its key. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The SDK knows whether there is a secret somewhere in a key, but keeps it out of its types. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}

/**
 * Pulumi does not tell which of the values under a key is the secret one. Those of a connection are known by their names;
 * of the environment variables any may be, so all of them go where only root can read them.
 */
function withSecretVariables(server: ServerInputs): Values {
  const daemons = Object.entries(server.daemons ?? {}).map(([daemon, given]) => {
    if (!isObject(given) || !isObject(given.environment)) return [daemon, given] as const;
    const variables = Object.entries(given.environment).map(([key, value]) => [key, pulumi.secret(value)] as const);
    return [daemon, { ...given, environment: Object.fromEntries(variables) }] as const;
  });
  return { ...server, ...(server.daemons ? { daemons: Object.fromEntries(daemons) } : {}) };
}
