import type { Marker } from "../../../../model/service";

const PREFIX = "# pulumi-bots: ";

/** The comment lines at the top of our units: one for the provider, one for people. */
export function formatMarker(marker: Marker): string[] {
  const urn = marker.urn.replace(/[\x00-\x1f\x7f]/g, " ");
  return [
    PREFIX + JSON.stringify(marker),
    `# Managed by Pulumi (${urn}): changes made here are found by \`pulumi refresh\` and undone by \`pulumi up\`.`,
  ];
}

/** The marker in a unit's comment lines. "broken" when it can't be parsed; then the unit is not ours. */
export function parseMarker(header: readonly string[]): Marker | "broken" | undefined {
  const line = header.find((comment) => comment.startsWith(PREFIX.trimEnd()));
  if (!line) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(PREFIX.length));
    return isMarker(value) ? value : "broken";
  } catch {
    return "broken";
  }
}

function isMarker(value: unknown): value is Marker {
  const marker = value as Partial<Marker> | null;
  const texts = [marker?.ownerId, marker?.urn, marker?.definition, marker?.triggers, marker?.outdated ?? ""];
  return texts.every((text) => typeof text === "string");
}
