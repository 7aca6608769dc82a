import { HostError, PropertyError } from "../../../../model/errors";
import type { Live, ManagerName } from "../../../../model/service";
import type { FullSurvey, Survey } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import type { Context } from "../context";

/** The manager that a service is for, and the one that it moves from. */
export interface Place {
  manager: ManagerRules;
  /** `live` is missing when that manager no longer runs on the host. */
  from?: { manager: ManagerRules; live?: Live } | undefined;
}

/** The service on the host now and its manager; for a service that moves, under the old manager. */
export interface Found {
  manager: ManagerRules;
  live: Live;
}

export function foundOf({ manager, from }: Place, live: Live): Found {
  return from?.live === undefined ? { manager, live } : { manager: from.manager, live: from.live };
}

/** What is known about a service's manager before the host is contacted. */
export interface Known {
  /** The user's `manager`; `auto` and unset leave the choice to the provider. */
  named: string | undefined;
  /** The manager in the state. */
  recorded: string | undefined;
  ownerId: string | undefined;
  urn: string;
}

/** The managers to ask first: the one that the user names, and the recorded one. */
export function managersOf({ managers }: Context, { named, recorded }: Pick<Known, "named" | "recorded">) {
  return [named, recorded].map((name): ManagerName | undefined => managers.get(name ?? "")?.name);
}

/** For a preview: the recorded manager, and the wanted one. */
export function placeInState(
  { managers }: Context,
  named: unknown,
  recorded: unknown,
): Record<"recorded" | "manager", ManagerRules> {
  const known = managers.get(String(recorded));
  if (known === undefined) throw new Error(`the state names an unknown manager: ${String(recorded)}`);
  return { recorded: known, manager: managers.get(String(named)) ?? known };
}

/** For a change: the named manager, or else the recorded one, the one that has the service, or the host's usual one. */
export function placeOf(context: Context, { host, survey }: { host: string; survey: FullSurvey }, known: Known): Place {
  const { named, recorded } = known;
  const there = survey.claimedBy;
  const wanted = named === "auto" ? undefined : named;
  if (wanted === undefined) {
    if (recorded === undefined) return { manager: managerOn(context, host, survey, there) };
    const moved = there === undefined || there === recorded ? undefined : context.managers.get(there);
    if (moved !== undefined && hasMoved(context, survey, moved, known)) return { manager: moved };
    return { manager: managerOn(context, host, survey, recorded, "recorded") };
  }
  const manager = managerOn(context, host, survey, wanted, "named");
  for (const other of [recorded, there].map((one) => context.managers.get(one ?? ""))) {
    if (other === undefined || other === manager) continue;
    // Managers that use the same path share one file and one service, which belongs to the manager that wrote it.
    if (there === manager.name && survey.isSamePlace(other.name, manager.name)) continue;
    if (survey.unavailable(other.name) !== undefined) return { manager, from: { manager: other } };
    const live = survey.live(other.name);
    if (live.installed) return { manager, from: { manager: other, live } };
  }
  return { manager };
}

/**
 * Has the service moved to another manager? Either a run that moved it was killed before it reached the state, or someone
 * else created one there. It is then read there, so that there are never two, and no Delete stops another's service.
 */
function hasMoved(
  { managers }: Context,
  survey: FullSurvey,
  moved: ManagerRules,
  { recorded, ownerId, urn }: Known,
): boolean {
  if (survey.unavailable(moved.name) !== undefined) return false;
  const live = survey.live(moved.name);
  if (!live.installed || (ownerId === undefined && live.marker?.urn !== urn)) return false;
  const former = managers.get(recorded ?? "");
  if (former === undefined || survey.unavailable(former.name) !== undefined) return true;
  return !survey.live(former.name).installed;
}

/** The manager, or the host's usual one. Throws when the host can't use it, at the property that has `named` it. */
export function managerOn(
  context: Context,
  host: string,
  survey: Survey,
  named: string | undefined,
  by: "wanted" | "named" | "recorded" = "wanted",
): ManagerRules {
  const manager = context.managers.get(named ?? survey.usual ?? "");
  if (manager === undefined) {
    const known = [...context.managers.keys()].join(", ");
    if (named === undefined) {
      throw new HostError(
        "remote",
        host,
        `has no supported service manager (${known}): found ${survey.facts.initText}`,
      );
    }
    throw new HostError("remote", host, `there is no service manager called "${named}", only ${known}`);
  }
  const problem = survey.unavailable(manager.name);
  if (problem === undefined) return manager;
  if (by === "named") {
    const message = `${manager.name} can't be used on ${host}: ${problem}`;
    throw new PropertyError([{ path: ["manager"], message }]);
  }
  const way = "If the host has switched to another manager for good, set manager, which moves the service";
  throw new HostError(
    "remote",
    host,
    by === "recorded"
      ? `the service is recorded under ${manager.name}, which the host no longer has: ${problem}. ${way}`
      : `${manager.name} can't be used: ${problem}`,
  );
}
