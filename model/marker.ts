import type { Marker } from "./service";

/** A marker from its JSON, as it stands on a host. Undefined when it can't be parsed: then the service is not ours. */
export function markerFromJson(json: string): Marker | undefined {
  try {
    const value = JSON.parse(json) as Partial<Marker> | null;
    const texts = [value?.ownerId, value?.urn, value?.definition, value?.triggers, value?.outdated ?? ""];
    return texts.every((text) => typeof text === "string") ? (value as Marker) : undefined;
  } catch {
    return undefined;
  }
}
