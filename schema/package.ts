import { z } from "zod";
import { providerSchema } from "./provider";
import { serverOutputsSchema, serverSchema } from "./server";
import { policyProperties, serviceOutputsSchema, serviceSchema } from "./service";

/** The shapes that zod's JSON schema takes here. */
interface JsonSchema {
  type?: string;
  description?: string;
  secret?: boolean;
  $ref?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: string[];
  const?: unknown;
  required?: string[];
  $defs?: Record<string, JsonSchema>;
}

type PulumiType = Record<string, unknown>;

/**
 * The package schema, made from the zod schemas: what YAML programs and generated SDKs go by.
 * See https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema(version: string): object {
  const types: Record<string, PulumiType> = {};
  const inputs = convert(serviceSchema, types);
  const live = convert(serviceOutputsSchema, types);
  const config = convert(providerSchema, types);
  const server = convert(serverSchema, types);
  const made = convert(serverOutputsSchema, types);
  const policy: readonly string[] = policyProperties;
  const definition = Object.entries(inputs.properties).filter(([name]) => !policy.includes(name));
  return {
    name: "bots",
    displayName: "Bots EDI",
    version,
    description: "Runs the Bots EDI daemons, or any long-running program, as services on remote hosts",
    license: "Apache-2.0",
    keywords: ["pulumi", "bots", "edi", "systemd", "category/infrastructure", "kind/native"],
    config: { variables: config.properties },
    provider: {
      description: "What all services of this provider have in common: ways to hosts, limits.",
      inputProperties: config.properties,
    },
    types,
    resources: {
      "bots:index:Service": {
        description: "A long-running program, run by the service manager of a host, and read back from there.",
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        properties: { ...Object.fromEntries(definition), ...live.properties, running: runningOutput },
        required: ["name", "running", ...live.required],
      },
      "bots:index:BotsServer": {
        description: "A host that has Bots on it: its daemons run as services, and count as started when they answer.",
        isComponent: true,
        inputProperties: server.properties,
        requiredInputs: server.required,
        properties: made.properties,
        required: made.required,
      },
    },
    functions: {
      "bots:index:getService": {
        description: "Reads a service as it is on its host now, whoever made it. Changes nothing.",
        inputs: {
          properties: {
            connection: inputs.properties.connection,
            name: inputs.properties.name,
          },
          required: ["name"],
        },
        outputs: {
          properties: { ...Object.fromEntries(definition), ...live.properties, running: runningOutput },
          required: ["name", "running", ...live.required],
        },
      },
    },
    language: { nodejs: { packageName: "pulumi-bots" } },
  };
}

const runningOutput = { type: "boolean", description: "Whether it runs and does its work." };

function convert(
  schema: z.ZodType,
  types: Record<string, PulumiType>,
): { properties: Record<string, PulumiType>; required: string[] } {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  for (const [name, definition] of Object.entries(json.$defs ?? {})) {
    types[`bots:index:${name}`] = {
      type: "object",
      properties: mapValues(definition.properties ?? {}, property),
      ...(definition.required ? { required: definition.required } : {}),
    };
  }
  return { properties: mapValues(json.properties ?? {}, property), required: json.required ?? [] };
}

function property(json: JsonSchema): PulumiType {
  return {
    ...typeOf(json),
    ...(json.description ? { description: json.description } : {}),
    ...(json.secret ? { secret: true } : {}),
  };
}

function typeOf(json: JsonSchema): PulumiType {
  if (json.$ref) return { $ref: json.$ref.replace("#/$defs/", "#/types/bots:index:") };
  if (json.anyOf) return { oneOf: json.anyOf.map(typeOf) };
  if (json.type === "array") return { type: "array", items: typeOf(json.items ?? {}) };
  if (json.type === "object")
    return { type: "object", additionalProperties: typeOf((json.additionalProperties ?? {}) as JsonSchema) };
  if (json.type === undefined) return { $ref: "pulumi.json#/Any" };
  return { type: json.type };
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
