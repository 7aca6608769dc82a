import { HostError } from "../../../../model/errors";
import type { Live, ManagerName } from "../../../../model/service";
import type { FullSurvey, Survey } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import type { Context } from "../context";

/** The manager that is to have a service, and the one that it is moved from. */
export interface Place {
  manager: ManagerRules;
  /** `live` is missing when that manager no longer runs on the host. */
  from?: { manager: ManagerRules; live?: Live } | undefined;
}

/** What there is now, and under which manager: of a service that is moved, the one that it is moved from. */
export interface Found {
  manager: ManagerRules;
  live: Live;
}

export function foundOf({ manager, from }: Place, live: Live): Found {
  return from?.live === undefined ? { manager, live } : { manager: from.manager, live: from.live };
}

/** What is known of a service's manager before its host is asked. */
export interface Known {
  /** As the user says; `auto` and unset leave it to us. */
  named: string | undefined;
  /** As the state says. */
  recorded: string | undefined;
  ownerId: string | undefined;
  urn: string;
}

/** The managers that are known of before the host is asked: those that matter most. */
export function managersOf({ managers }: Context, { named, recorded }: Pick<Known, "named" | "recorded">) {
  return [named, recorded].map((name): ManagerName | undefined => managers.get(name ?? "")?.name);
}

/** For a preview: the manager that has it, as the state says, and the one that is to have it. */
export function placeInState(
  { managers }: Context,
  named: unknown,
  recorded: unknown,
): Record<"recorded" | "manager", ManagerRules> {
  const known = managers.get(String(recorded));
  if (known === undefined) throw new Error(`the state names an unknown manager: ${String(recorded)}`);
  return { recorded: known, manager: managers.get(String(named)) ?? known };
}

/** For a change: the manager that is named, or else the one that has it, that is recorded, or that the host has for new services. */
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
  const manager = managerOn(context, host, survey, wanted);
  for (const other of [recorded, there].map((one) => context.managers.get(one ?? ""))) {
    if (other === undefined || other === manager) continue;
    // One file is one service: of managers with the same place for it, the one that wrote it has it.
    if (there === manager.name && survey.isSamePlace(other.name, manager.name)) continue;
    if (survey.unavailable(other.name) !== undefined) return { manager, from: { manager: other } };
    const live = survey.live(other.name);
    if (live.installed) return { manager, from: { manager: other, live } };
  }
  return { manager };
}

/**
 * A run of ours that moved it to another manager was killed before the state was told, or somebody else has made one there:
 * it is looked at there, so that there are never two, and so that a Delete does not stop what is not ours.
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

/** The manager that is named, or the one that a host has for new services; an error when it can't be used there. */
export function managerOn(
  context: Context,
  host: string,
  survey: Survey,
  named: string | undefined,
  by: "wanted" | "recorded" = "wanted",
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
  const way = "If the host has switched to another manager for good, set manager, which moves the service";
  throw new HostError(
    "remote",
    host,
    by === "recorded"
      ? `the service is recorded under ${manager.name}, which the host no longer has: ${problem}. ${way}`
      : `${manager.name} can't be used: ${problem}`,
  );
}
