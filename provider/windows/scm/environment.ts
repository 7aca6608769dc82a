import type { ServiceRecord } from "../reading/record";
import { valueIn } from "../registry/values";

/** The variables that the service control manager adds to those of the host. Undefined when one of them has no name. */
export function variablesIn({ keys }: Pick<ServiceRecord, "keys">): Record<string, string> | undefined {
  const value = valueIn(keys.get(""), "Environment");
  if (value?.type !== "multiSz" || value.data.length === 0) return undefined;
  const pairs = value.data.map((one) => /^([^=]+)=([\s\S]*)$/.exec(one));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]));
}
