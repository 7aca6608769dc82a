import { createHash } from "node:crypto";
import type { Definition } from "./service";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** JSON that does not depend on the order of keys. */
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
 * The hash of a definition, equal for equal meanings if the manager's defaults are filled in. A password is left out, and so
 * are secret variables, except their names: everybody can read the file with the hash, and could guess a short secret from it.
 */
export function definitionHash(definition: Definition): string {
  const { password: _, ...runAs } = definition.runAs ?? {};
  const secret = new Set(definition.secretEnvironment);
  const environment = Object.entries(definition.environment ?? {}).filter(([name]) => !secret.has(name));
  const account = definition.runAs && { runAs };
  return hashOf({ ...definition, ...account, environment: Object.fromEntries(environment) });
}
