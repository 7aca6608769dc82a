import { deviations } from "../../../../model/compare";
import { formatPath, getAt } from "../../../../model/props";
import type { Definition, Live, Marker } from "../../../../model/service";
import type { ManagerRules } from "../../../rules";
import { observations } from "../state/observed";
import { definitionDifferences } from "./differences";
import type { Found } from "./place";

/** Whose service it is that was found, seen from a resource. */
export type Ownership =
  /** There is none. */
  | { kind: "none" }
  /**
   * Ours: by owner id, or by the URN in its marker. `formerly` is the owner id that the marker still has, when another run
   * of this resource wrote it: the service is taken over under a new owner id.
   */
  | { kind: "ours"; ownerId: string; formerly?: string }
  /**
   * Without a marker, or with that of another name in the same stack, and what we expect to find: it becomes ours, and what
   * was there is kept. `ownerId` when it was ours and only the marker has gone.
   */
  | { kind: "same"; formerUrn?: string; ownerId?: string }
  /** Somebody else's; `formerly` is our own owner id, when it was ours. */
  | { kind: "foreign"; marker?: Marker; formerly?: string };

/** A resource that asks whose a service is. */
export interface Claim {
  urn: string;
  /** Becomes the owner id of what it makes or takes over. */
  newOwnerId: string;
  /** That is to have the service. */
  manager: ManagerRules;
  wanted: Definition;
}

/** For Create, which has nothing but the URN to go by. */
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
 * What a run of this resource made that the state may not know: it was killed, or the engine creates the replacement before
 * it deletes what is replaced. The new owner id keeps that Delete, which knows the old one, away from the service.
 */
function ofOurUrn({ newOwnerId }: Claim, { ownerId }: Marker): Ownership {
  return { kind: "ours", ownerId: newOwnerId, ...(ownerId !== newOwnerId && { formerly: ownerId }) };
}

/** For Update: a service with another owner id and our URN was made by a run of ours that did not reach the state. */
export function ownershipAtUpdate(
  claim: Claim,
  live: Live,
  recorded: { ownerId: string | undefined; definition: Definition },
): Ownership {
  const ownership = ownershipOf(claim, live, recorded);
  if (ownership.kind !== "foreign" || ownership.marker?.urn !== claim.urn) return ownership;
  return ofOurUrn(claim, ownership.marker);
}

/** For Delete, which has what the state says: the owner id (missing after an import) and the definition last seen. */
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
    // The state does not tell in which file a variable stood.
    return differs(manager, { ...live, secret: true }, recorded.definition)
      ? { kind: "foreign", formerly: ownerId }
      : { kind: "same", ownerId };
  }
  if (marker.ownerId === ownerId) return { kind: "ours", ownerId };
  return { kind: "foreign", marker, ...(ownerId !== undefined && { formerly: ownerId }) };
}

/** Is the definition on the host another one? */
export function differs(rules: ManagerRules, { definition, secret = false }: Live, other: Definition): boolean {
  return definitionDifferences(other, { rules, definition, secret }).length > 0;
}

/** urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME: all the same but the parents and the name. */
function sameStackAndType(one: string, other: string): boolean {
  const parts = (urn: string) => {
    const [stack, project, types = ""] = urn.split("::");
    return [stack, project, types.split("$").at(-1)].join("::");
  };
  return parts(one) === parts(other);
}

/** The refusal: what is there, whose it is, how it differs, and the two ways on. */
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
  const want = manager.defaults(wanted);
  const secret = new Set([...(have.secretEnvironment ?? []), ...(want.secretEnvironment ?? [])]);
  const show = (value: unknown) => (value === undefined ? "(unset)" : JSON.stringify(value));
  return deviations(have, want).map(({ path }) => {
    if (hidden || (path[0] === "environment" && secret.has(String(path[1])))) return `  ${formatPath(path)}: [secret]`;
    return `  ${formatPath(path)}: ${show(getAt(have, path))} on the host, ${show(getAt(want, path))} wanted`;
  });
}
