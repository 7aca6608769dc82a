import { deviations } from "../../../../model/compare";
import { formatPath, getAt } from "../../../../model/props";
import type { Definition, Live, Marker } from "../../../../model/service";
import type { ManagerRules } from "../../../rules";
import { withoutPassword } from "../state/password";
import { observations } from "../state/observed";
import { definitionDifferences } from "./differences";
import type { Found } from "./place";

/** Who owns the service on the host, from the view of a resource. */
export type Ownership =
  /** There is no service. */
  | { kind: "none" }
  /**
   * The service belongs to this resource, by the owner id or the URN in its marker. `formerly`: the owner id in a marker
   * that another run of this resource wrote; the service is taken over under a new owner id.
   */
  | { kind: "ours"; ownerId: string; formerly?: string }
  /**
   * The service has no marker, or that of another resource in the same stack, and the expected definition: this resource
   * takes it over, and its files are kept. `ownerId` is set when it belonged to this resource and only the marker is gone.
   */
  | { kind: "same"; formerUrn?: string; ownerId?: string }
  /** The service is unmanaged or another resource's. `formerly`: the recorded owner id, if it belonged to this resource. */
  | { kind: "foreign"; marker?: Marker; formerly?: string };

/** A resource that claims a service. */
export interface Claim {
  urn: string;
  /** The owner id for a service that the resource creates or takes over. */
  newOwnerId: string;
  /** The manager that the service is for. */
  manager: ManagerRules;
  wanted: Definition;
}

/** Ownership at Create, which knows only the URN. */
export function ownershipAtCreate(claim: Claim, live: Live): Ownership {
  if (!live.installed) return { kind: "none" };
  const { marker } = live;
  if (marker?.urn === claim.urn) return ofOurUrn(claim, marker);
  const mayBeRenamed = marker === undefined || sameStackAndType(marker.urn, claim.urn);
  if (mayBeRenamed && !live.masked && !differs(claim.manager, live, claim.wanted) && live.unmapped.length === 0) {
    return marker === undefined ? { kind: "same" } : { kind: "same", formerUrn: marker.urn };
  }
  return marker === undefined ? { kind: "foreign" } : { kind: "foreign", marker };
}

/**
 * A service that another run of this resource created: the run was killed before it reached the state, or the engine creates
 * a replacement before it deletes the old one. That Delete has the old owner id, so the new one protects the service.
 */
function ofOurUrn({ newOwnerId }: Claim, { ownerId }: Marker): Ownership {
  return { kind: "ours", ownerId: newOwnerId, ...(ownerId !== newOwnerId && { formerly: ownerId }) };
}

/** Ownership at Update. A different owner id with the same URN is from a run of this resource that did not reach the state. */
export function ownershipAtUpdate(
  claim: Claim,
  live: Live,
  recorded: { ownerId: string | undefined; definition: Definition },
): Ownership {
  const ownership = ownershipOf(claim, live, recorded);
  if (ownership.kind !== "foreign" || ownership.marker?.urn !== claim.urn) return ownership;
  return ofOurUrn(claim, ownership.marker);
}

/** Ownership at Delete, by the recorded owner id (missing after an import) and the last seen definition. */
export function ownershipOf(
  { manager }: Pick<Claim, "manager">,
  live: Live,
  recorded: { ownerId: string | undefined; definition: Definition },
): Ownership {
  if (!live.installed) return { kind: "none" };
  const { marker } = live;
  const { ownerId } = recorded;
  if (marker === undefined) {
    if (ownerId === undefined) return { kind: "same" };
    if (live.masked) return { kind: "ours", ownerId };
    // The state does not record which file a variable was in.
    return differs(manager, { ...live, secret: true }, recorded.definition)
      ? { kind: "foreign", formerly: ownerId }
      : { kind: "same", ownerId };
  }
  if (marker.ownerId === ownerId) return { kind: "ours", ownerId };
  return { kind: "foreign", marker, ...(ownerId !== undefined && { formerly: ownerId }) };
}

/** Does the definition on the host differ from another one? No host tells a password, so passwords are not compared. */
export function differs(rules: ManagerRules, { definition, secret = false }: Live, other: Definition): boolean {
  return definitionDifferences(withoutPassword(other), { rules, definition, secret }).length > 0;
}

/** Are two URNs (urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME) the same except for parents and name? */
function sameStackAndType(one: string, other: string): boolean {
  const parts = (urn: string) => {
    const [stack, project, types = ""] = urn.split("::");
    return [stack, project, types.split("$").at(-1)].join("::");
  };
  return parts(one) === parts(other);
}

/** The error for a service of another owner: its files, its owner, the differences, and what to do. */
export function refusal(
  { host, name, urn, manager, wanted }: Omit<Claim, "newOwnerId"> & { host: string; name: string },
  { manager: there, live }: Found,
  { marker, formerly }: Ownership & { kind: "foreign" },
): string {
  const lines = live.observed === undefined ? differences(there, live, wanted) : observations(live.observed);
  const owner =
    marker === undefined
      ? "This project did not create it."
      : `It belongs to ${marker.urn} (owner ${marker.ownerId})${formerly === undefined ? "." : `, and no longer to this resource (owner ${formerly}).`}`;
  const files = live.files.map((file) => file.path).join(", ");
  return [
    `there is a service "${name}" already${files ? ` (${files})` : ""}; it was not changed. ${owner}`,
    ...(there === manager ? [] : [`  It is managed by ${there.name} there; adopt: true moves it to ${manager.name}.`]),
    ...(live.masked ? ["  It is masked, so it can't be started."] : []),
    ...(lines.length > 0 ? [live.observed === undefined ? "What differs:" : "What could be read:", ...lines] : []),
    `To manage it without defining it here, set existing: true.`,
    `To take it over, set adopt: true (its files are kept on the host), or import it: pulumi import bots:index:Service ${urn.split("::").at(-1)} ${host}/${name}`,
  ].join("\n");
}

function differences(manager: ManagerRules, { definition, secret: hidden }: Live, wanted: Definition): string[] {
  const have = manager.defaults(definition);
  const want = manager.defaults(withoutPassword(wanted));
  const secret = new Set([...(have.secretEnvironment ?? []), ...(want.secretEnvironment ?? [])]);
  const show = (value: unknown) => (value === undefined ? "(unset)" : JSON.stringify(value));
  return deviations(have, want).map(({ path }) => {
    if (hidden || (path[0] === "environment" && secret.has(String(path[1])))) return `  ${formatPath(path)}: [secret]`;
    return `  ${formatPath(path)}: ${show(getAt(have, path))} on the host, ${show(getAt(want, path))} wanted`;
  });
}
