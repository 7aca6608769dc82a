import { definitionHash } from "../../../../model/hash";
import type { Definition, Live, Marker } from "../../../../model/service";
import { passwordHash } from "./password";
import { noteOf, type Triggers } from "./triggers";

/** Does the process run an older definition than the one on the host? */
export function isRestartPending({ marker, state }: Live): boolean {
  return state.pid !== undefined && marker?.outdated !== undefined && marker.outdated === state.incarnation;
}

export function markerOf(parts: {
  ownerId: string;
  urn: string;
  definition: Definition;
  triggers: Triggers;
  outdated: string | undefined;
}): Marker {
  const password = passwordHash(parts.definition, parts.triggers.key);
  return {
    ownerId: parts.ownerId,
    urn: parts.urn,
    definition: definitionHash(parts.definition),
    triggers: noteOf(parts.triggers),
    ...(parts.outdated === undefined ? {} : { outdated: parts.outdated }),
    ...(password === undefined ? {} : { password }),
  };
}
