import { markerFromJson } from "../../../../model/marker";
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
  return line === undefined ? undefined : (markerFromJson(line.slice(PREFIX.length)) ?? "broken");
}
