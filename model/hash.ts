import { createHash } from "node:crypto";
import type { Definition } from "./service";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** JSON that is the same whatever the order of keys. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Hash of any JSON value, independent of the order of keys. */
export const hashOf = (value: unknown): string => sha256(sortedJson(value));

/**
 * One hash for definitions that mean the same; give it those with their manager's defaults. Of secret variables only the names
 * go in: the hash stands in a file that everybody can read, where a short secret could be guessed.
 */
export function definitionHash(definition: Definition): string {
  const secret = new Set(definition.secretEnvironment);
  const environment = Object.entries(definition.environment ?? {}).filter(([name]) => !secret.has(name));
  return hashOf({ ...definition, environment: Object.fromEntries(environment) });
}
