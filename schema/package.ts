import type { z } from "zod";
import { asOutput, jsonSchema, literal, longExamples, paragraphs, referenced, type JsonSchema } from "./about";
import { addresses, type Manifest } from "./manifest";
import { providerSchema } from "./provider";
import { serverOutputsSchema, serverSchema } from "./server";
import { serviceSchema } from "./service";
import { serviceOutputsSchema } from "./serviceOutputs";

type PulumiType = Record<string, unknown>;
type Properties = Record<string, PulumiType>;

/** Returns a sentence on what a change of a service property does. */
export type Changes = (property: string) => string | undefined;

/**
 * The package schema, generated from the zod schemas. YAML programs and generated SDKs use it.
 * See https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema(manifest: Manifest, changes: Changes): object {
  const types: Record<string, PulumiType> = {};
  const convert = (schema: z.ZodType, changesOf: Changes = () => undefined, about = (json: JsonSchema) => json) => {
    const json = jsonSchema(schema);
    for (const [name, definition] of Object.entries(json.$defs ?? {})) {
      types[token(name)] = namedType(definition, name === "Daemon" ? changes : undefined);
    }
    return {
      properties: mapValues(mapValues(json.properties ?? {}, about), property(changesOf)),
      required: json.required ?? [],
    };
  };
  const inputs = convert(serviceSchema, changes);
  const outputs = convert(serviceOutputsSchema, undefined, asOutput);
  const config = convert(providerSchema);
  const server = convert(serverSchema);
  const made = convert(serverOutputsSchema);
  const { connection, name } = inputs.properties as Properties & { connection: PulumiType; name: PulumiType };
  return {
    name: "bots",
    displayName: "Bots EDI",
    version: manifest.version,
    description: "Runs the Bots EDI daemons, or any long-running program, as services on remote hosts",
    license: "Apache-2.0",
    keywords: ["pulumi", "bots", "edi", "systemd", "category/infrastructure", "kind/native"],
    meta: { supportPack: true },
    ...published(manifest),
    config: { variables: config.properties },
    provider: { description: jsonSchema(providerSchema).description, inputProperties: config.properties },
    types,
    resources: {
      "bots:index:Service": {
        description: withExample(
          "A long-running program as a service of a host. The service manager of the host runs it; Pulumi creates, reads, updates and deletes it.",
          "Service",
          {
            connection: { host: "edi1", user: "deploy", become: { method: "sudo" } },
            name: "bots-webserver",
            command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
            runAs: { user: "bots" },
            ready: { tcp: 8080 },
          },
        ),
        inputProperties: inputs.properties,
        requiredInputs: inputs.required,
        ...outputs,
      },
      "bots:index:BotsServer": {
        description: withExample(
          "A host with Bots on it: each daemon runs as a service, and its start counts when it answers.",
          "BotsServer",
          {
            connection: { address: "edi1.example.com", user: "deploy", become: { method: "sudo" } },
            bots: { existing: true, bin: "/opt/bots/bin" },
            environment: { path: "/srv/bots" },
            daemons: { webserver: true, jobQueue: true },
          },
        ),
        isComponent: true,
        inputProperties: server.properties,
        requiredInputs: server.required,
        properties: made.properties,
        required: made.required,
      },
    },
    functions: {
      "bots:index:getService": {
        description: "Reads a service from its host, whoever defines it. It changes nothing.",
        inputs: { properties: { connection, name }, required: ["name"] },
        outputs,
      },
    },
  };
}

/** Settings of the SDK generators, and the fields that depend on where the package is published. */
function published(manifest: Manifest): object {
  const found = addresses(manifest);
  // The names are fixed: from a git address, Pulumi would take them from the owner of the repository.
  const versioned = { respectSchemaVersion: true };
  const language = {
    // Not "pulumi-bots": `pulumi package add` in a program that uses the package itself would replace it by the SDK.
    nodejs: { packageName: "pulumi-bots-sdk", ...versioned },
    python: { packageName: "pulumi_bots", pyproject: { enabled: true }, ...versioned },
    go: { ...(found ? { importBasePath: found.goImport } : {}), ...versioned },
    csharp: { rootNamespace: "Pulumi", namespaces: { bots: "Bots" }, ...versioned },
  };
  if (found === undefined) return { language };
  const { page, owner, plugin, logo } = found;
  return { repository: page, homepage: page, publisher: owner, pluginDownloadURL: plugin, logoUrl: logo, language };
}

/** The description of a property or a type, in Markdown. */
function text(json: JsonSchema, change?: string): string {
  const lines = paragraphs(json, change).map((line, i, all) =>
    i > 0 && all[i - 1]!.startsWith("- ") && line.startsWith("- ") ? `\n${line}` : `\n\n${line}`,
  );
  const examples = longExamples(json).map((example) => `\n\nExample: \`${literal(example)}\``);
  return [...lines, ...examples].join("").trim();
}

const token = (name: string) => `bots:index:${name}`;

function namedType(json: JsonSchema, changes: Changes = () => undefined): PulumiType {
  const description = json.description === undefined ? {} : { description: text(json) };
  if (json.enum) {
    const meaning = (value: string) => (json.words?.[value] ? { description: json.words[value] } : {});
    return {
      type: "string",
      enum: json.enum.map((value) => ({ name: enumName(value), value, ...meaning(value) })),
      ...description,
    };
  }
  return {
    type: "object",
    properties: mapValues(json.properties ?? {}, property(changes)),
    ...(json.required ? { required: json.required } : {}),
    ...description,
  };
}

/** `onFailure` is `OnFailure`; a name can't begin with a digit: `4.x` is `V4X`. */
function enumName(value: string): string {
  const words = value.split(/[^A-Za-z0-9]+/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return words.join("").replace(/^(?=\d)/, "V");
}

function property(changes: Changes): (json: JsonSchema, name: string) => PulumiType {
  return (json, name) => {
    const description = text(json, changes(name));
    return { ...typeOf(json), ...(description ? { description } : {}), ...(json.secret ? { secret: true } : {}) };
  };
}

const ANY = { $ref: "pulumi.json#/Any" };

function typeOf(json: JsonSchema): PulumiType {
  const name = referenced(json);
  if (name !== undefined) return { $ref: `#/types/${token(name)}` };
  if (json.anyOf) return { oneOf: json.anyOf.map(typeOf) };
  if (json.type === "array") return { type: "array", items: typeOf(json.items ?? {}) };
  if (json.type === "object") {
    const values = (json.additionalProperties ?? {}) as JsonSchema;
    // Python's SDK fails on a list where a map holds a union: "Expected 'list' got 'typing.Union'".
    return { type: "object", additionalProperties: values.anyOf ? ANY : typeOf(values) };
  }
  if (json.type === undefined) return ANY;
  return { type: json.type };
}

/** A description with an example program in two languages. The documentation of an SDK shows the one in its language. */
function withExample(description: string, resource: string, properties: object): string {
  const yaml = Object.entries(properties).map(([key, value]) => `      ${key}: ${literal(value)}`);
  const typescript = Object.entries(properties).map(([key, value]) => `  ${key}: ${literal(value)},`);
  return [
    description,
    "{{% examples %}}\n## Example Usage\n{{% example %}}",
    `\`\`\`typescript\nimport * as bots from "pulumi-bots";\n\nconst edi1 = new bots.${resource}("edi1", {\n${typescript.join("\n")}\n});\n\`\`\``,
    `\`\`\`yaml\nresources:\n  edi1:\n    type: bots:${resource}\n    properties:\n${yaml.join("\n")}\n\`\`\``,
    "{{% /example %}}\n{{% /examples %}}",
  ].join("\n\n");
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
