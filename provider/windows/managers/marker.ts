import type { Marker } from "../../../model/service";
import { textIn, type RegistryKey } from "../registry/values";

/** The subkey of a service with the marker. It goes with the service. */
export const MARKER_KEY = "pulumi-bots";
export const MARKER = "marker";
/** Where the manager's own program comes from: `given` by the definition, or `found` on the host. */
export const PROGRAM = "program";

/** The marker in a key. One that can't be parsed is none: then the service is not ours. */
export function markerIn(key: RegistryKey | undefined, name: string): Marker | undefined {
  try {
    const marker = JSON.parse(textIn(key, name) ?? "") as Partial<Marker> | null;
    const texts = [marker?.ownerId, marker?.urn, marker?.definition, marker?.triggers, marker?.outdated ?? ""];
    return texts.every((text) => typeof text === "string") ? (marker as Marker) : undefined;
  } catch {
    return undefined;
  }
}
