import { createHmac, randomBytes } from "node:crypto";
import { hashOf, sortedJson } from "../../../../model/hash";
import { getAt, type Props, type Values } from "../../../../model/props";
import { PASSWORD } from "./password";

/**
 * `triggers`, and the key of their hash in the marker. Every user of the host can read the marker, and could guess a short
 * secret from its hash, so triggers with a secret, and a password, are hashed with a random key that only the state has. Without the state
 * (a killed create) such a hash matches no triggers, and the service is restarted once more.
 */
export interface Triggers {
  values: Values | undefined;
  key: string | undefined;
}

/** The output with the key. The engine does not show properties whose name begins with two underscores. */
export const KEY = "__triggersKey";
/** The output with the marker's hash, when it is not that of the recorded triggers. */
export const NOTE = "__triggersNote";
const KEYED = "hmac:";

/** The triggers in the inputs, with the key in the state, or a new key when one is needed. */
export function triggersOf({ values, secrets }: Props, outputs: Values | undefined): Triggers {
  const secret =
    [...secrets].some(([property]) => property === "triggers" || property === undefined) ||
    getAt(values, PASSWORD) !== undefined;
  const known = outputs?.[KEY];
  const key = typeof known === "string" ? known : secret ? randomBytes(32).toString("hex") : undefined;
  return { values: values.triggers as Values | undefined, key };
}

/** The triggers in the inputs, with the key in the state; never makes a key. */
export function recordedTriggers({ values }: Props, outputs: Values): Triggers {
  return { values: values.triggers as Values | undefined, key: outputs[KEY] as string | undefined };
}

/** The hash of the triggers for the marker. */
export function noteOf({ values, key }: Triggers): string {
  if (key === undefined) return hashOf(values ?? {});
  return (
    KEYED +
    createHmac("sha256", key)
      .update(sortedJson(values ?? {}))
      .digest("hex")
  );
}

/** Is it the hash of these triggers? Earlier releases wrote all hashes without a key. */
export function isNoteOf(note: string, triggers: Triggers): boolean {
  return note === noteOf(note.startsWith(KEYED) ? triggers : { ...triggers, key: undefined });
}
