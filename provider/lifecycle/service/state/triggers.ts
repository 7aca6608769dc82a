import { createHmac, randomBytes } from "node:crypto";
import { hashOf, sortedJson } from "../../../../model/hash";
import type { Props, Values } from "../../../../model/props";

/**
 * `triggers`, and what their note in the marker is made with. Every user of the host can read the marker, and could guess
 * a short secret from its hash: with a secret among the triggers the hash has a random key, which is in the state alone.
 * Without the state (a create that was killed) such a note is that of no triggers: the service is restarted once more.
 */
export interface Triggers {
  values: Values | undefined;
  key: string | undefined;
}

/** Where the key is in the outputs. The engine shows no property of such a name. */
export const KEY = "__triggersKey";
/** Where the outputs have what the marker says of triggers that are not the recorded ones. */
export const NOTE = "__triggersNote";
const KEYED = "hmac:";

/** The triggers in inputs, with the key that the state has, or a new one where one is needed. */
export function triggersOf({ values, secrets }: Props, outputs: Values | undefined): Triggers {
  const secret = [...secrets].some(([property]) => property === "triggers" || property === undefined);
  const known = outputs?.[KEY];
  const key = typeof known === "string" ? known : secret ? randomBytes(32).toString("hex") : undefined;
  return { values: values.triggers as Values | undefined, key };
}

/** The same, where nothing is made. */
export function recordedTriggers({ values }: Props, outputs: Values): Triggers {
  return { values: values.triggers as Values | undefined, key: outputs[KEY] as string | undefined };
}

/** What the marker says of the triggers. */
export function noteOf({ values, key }: Triggers): string {
  if (key === undefined) return hashOf(values ?? {});
  return (
    KEYED +
    createHmac("sha256", key)
      .update(sortedJson(values ?? {}))
      .digest("hex")
  );
}

/** Is it the note of these triggers, be it with a key or, as earlier releases wrote them all, without? */
export function isNoteOf(note: string, triggers: Triggers): boolean {
  return note === noteOf(note.startsWith(KEYED) ? triggers : { ...triggers, key: undefined });
}
