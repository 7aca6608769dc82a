import { isDeepStrictEqual } from "node:util";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SecretPaths, type Props, type Values } from "../../model/props";
import type { Difference } from "../lifecycle/lifecycle";
import { decode, decodeTree } from "./codec";

/** Keys that the engine adds to the configuration for itself. It keeps them even if the provider does not return them. */
const ENGINE_KEYS = new Set(["version", "pluginDownloadURL", "pluginChecksums", "__internal"]);

/**
 * Decodes the provider's configuration without the engine's own keys. Parses JSON text for variables that are no strings in
 * the schema, because configuration is text and language SDKs send `{"type":"ssh"}` for an object.
 */
export function decodeConfig(struct: Struct | undefined, schema: string): Props {
  const { values, secrets } = decode(struct);
  const isJson = structured(schema);
  const config: Props = { values: {}, secrets: new SecretPaths(secrets) };
  for (const [key, value] of Object.entries(values)) {
    if (ENGINE_KEYS.has(key)) continue;
    const read = typeof value === "string" && isJson.has(key) ? decodeJson(key, value) : undefined;
    config.values[key] = read ? read.values[key] : value;
    for (const path of read?.secrets ?? []) if (!config.secrets.covers(path)) config.secrets.add(path);
  }
  return config;
}

/** Parses JSON text; undefined for other text, which stays as it is and fails the check of the configuration. */
function decodeJson(key: string, text: string): Props | undefined {
  try {
    return decodeTree({ [key]: JSON.parse(text) as unknown });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The names of configuration variables that are no strings. */
function structured(schema: string): Set<string> {
  const { config } = JSON.parse(schema) as { config?: { variables?: Record<string, { type?: string }> } };
  const variables = Object.entries(config?.variables ?? {});
  return new Set(variables.filter(([, variable]) => variable.type !== "string").map(([key]) => key));
}

/** The changes of the configuration. Never a replacement, which would replace every resource of the provider. */
export function diffConfig(olds: Values, news: Values): Difference {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
  return {
    properties: changed.map((key) => ({
      path: [key],
      kind: !(key in olds) ? "add" : !(key in news) ? "delete" : "update",
    })),
    notes: [],
  };
}
