import { HostError } from "../../../model/errors";
import type { HostFacts } from "../../../model/host";
import type { Live } from "../../../model/service";
import type { Session } from "../../platform";
import { detected, detection, usualManager } from "../../posix/managers";
import type { Driver } from "../../posix/managers/driver";
import type { Context } from "./context";
import { look } from "./operation";

/** Under which manager a service is to be, and under which other one it still is. */
export interface Place {
  manager: Driver;
  /** The manager that it has to be moved from. `live` is missing when that one no longer runs on the host. */
  from?: { manager: Driver; live?: Live };
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

/** The manager that is named, or else the one that has it, that is recorded, or that the host has for new services. */
export async function placeOf(
  context: Context,
  at: { host: string; session: Session; name: string },
  { named, recorded, ownerId, urn }: Known,
): Promise<Place> {
  const { host, session, name } = at;
  const { facts } = session;
  const reading = (await session.read(detection, [name])).get(name);
  const there = reading && detected(reading);
  const wanted = named === "auto" ? undefined : named;
  if (wanted === undefined) {
    if (recorded === undefined) return { manager: managerOn(context, host, facts, there) };
    const moved = there === undefined || there === recorded ? undefined : context.managers.get(there);
    if (moved !== undefined && (await hasMoved(context, at, recorded, moved, { ownerId, urn })))
      return { manager: moved };
    return { manager: managerOn(context, host, facts, recorded, "recorded") };
  }
  const manager = managerOn(context, host, facts, wanted);
  for (const other of [recorded, there].map((one) => context.managers.get(one ?? ""))) {
    if (other === undefined || other === manager) continue;
    // One file is one service: of managers with the same place for it, the one that wrote it has it.
    if (there === manager.name && other.paths(name)[0] === manager.paths(name)[0]) continue;
    if (other.unavailable(facts) !== undefined) return { manager, from: { manager: other } };
    const live = await look({ session, manager: other, name });
    if (live.installed) return { manager, from: { manager: other, live } };
  }
  return { manager };
}

/**
 * A run of ours that moved it to another manager was killed before the state was told, or somebody else has made one there:
 * it is looked at there, so that there are never two, and so that a Delete does not stop what is not ours.
 */
async function hasMoved(
  context: Context,
  { session, name }: { session: Session; name: string },
  recorded: string,
  moved: Driver,
  { ownerId, urn }: { ownerId: string | undefined; urn: string },
): Promise<boolean> {
  if (moved.unavailable(session.facts) !== undefined) return false;
  const live = await look({ session, manager: moved, name });
  if (!live.installed || (ownerId === undefined && live.marker?.urn !== urn)) return false;
  const former = context.managers.get(recorded);
  if (former === undefined || former.unavailable(session.facts) !== undefined) return true;
  return !(await look({ session, manager: former, name })).installed;
}

/** The manager that is named, or the one that a host has for new services; an error when it can't be used there. */
export function managerOn(
  context: Context,
  host: string,
  facts: HostFacts,
  named: string | undefined,
  by: "wanted" | "recorded" = "wanted",
): Driver {
  const manager = named === undefined ? usualManager(context.managers, facts) : context.managers.get(named);
  if (manager === undefined) {
    const known = [...context.managers.keys()].join(", ");
    if (named === undefined) {
      throw new HostError("remote", host, `has no supported service manager (${known}): found ${facts.initText}`);
    }
    throw new HostError("remote", host, `there is no service manager called "${named}", only ${known}`);
  }
  const problem = manager.unavailable(facts);
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
