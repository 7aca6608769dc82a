import { createHash } from "node:crypto";
import type { Definition } from "../../../model/service";

/**
 * One hash for definitions that are the same whatever the order of their keys; give it resolved ones. Of secret
 * variables only the names go in: the hash stands in a file that everybody can read, where a short secret could be guessed.
 */
export function definitionHash(definition: Definition): string {
  const secret = new Set(definition.secretEnvironment);
  const environment = Object.entries(definition.environment ?? {}).filter(([name]) => !secret.has(name));
  const visible = { ...definition, environment: Object.fromEntries(environment) };
  return createHash("sha256").update(stableJson(visible)).digest("hex");
}

function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${stableJson(item)}`).join(",")}}`;
}
