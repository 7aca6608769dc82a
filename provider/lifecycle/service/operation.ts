import type { Path, Props } from "../../../model/props";
import type { Definition, Live, RunState, Status } from "../../../model/service";
import type { ServiceInputs } from "../../../schema/service";
import type { FullSurvey, Observation, Probe, Session } from "../../platform";
import type { ManagerRules } from "../../rules";
import type { Log } from "../lifecycle";
import type { Place } from "./place";
import type { Triggers } from "./triggers";

/** One create, update or delete under way: the session on the host, and everything that does not change meanwhile. */
export interface Operation {
  readonly session: Session;
  /** What was found before anything was changed. */
  readonly survey: FullSurvey;
  /** The manager that is to have the service. */
  readonly manager: ManagerRules;
  /** The one that has it now, when it is to be moved. */
  readonly from?: Place["from"];
  /** Of a run that was killed the backup may be of any of them. */
  readonly managers: ReadonlyMap<string, ManagerRules>;
  readonly host: string;
  readonly name: string;
  readonly inputs: ServiceInputs;
  /** What our state says of it: how the definition that ran before counts as started, and how it was last seen. */
  readonly former: Pick<ServiceInputs, "ready" | "settleSeconds" | "triggers"> & { status?: Status };
  /** The recorded outputs. Missing at a create. */
  readonly state: Props | undefined;
  /** The properties that are left as they are, whatever is wanted. */
  readonly ignore: readonly Path[];
  readonly wanted: Definition;
  /** Somebody else defines it: it is driven by its own means. */
  readonly existing: boolean;
  readonly triggers: Triggers;
  readonly urn: string;
  /** Becomes the owner id of what this operation makes or takes over. */
  readonly newOwnerId: string;
  readonly signal: AbortSignal;
  /** When a start has to be done, in milliseconds as of Date.now(): what is left of the operation's time is for a rollback. */
  readonly startBy: number | undefined;
  readonly log: Log;
}

/** The service as it is now. */
export async function observe({ session, manager }: Pick<Operation, "session" | "manager">): Promise<Live> {
  return (await session.observe(manager.name)).live;
}

/** The same, when it has been asked once whether it does its work. Of an existing service `process` is the one that was seen. */
export function probe(operation: Operation, process: RunState): Promise<Observation> {
  const { session, manager, inputs, wanted, existing } = operation;
  const of: Probe["of"] = existing ? { process } : { definition: wanted };
  return session.observe(manager.name, inputs.ready && { ready: inputs.ready, of });
}

/** What there is now, and under which manager: of a service that is moved, the one that it is moved from. */
export interface Found {
  manager: ManagerRules;
  live: Live;
}

export function foundOf({ manager, from }: Pick<Operation, "manager" | "from">, live: Live): Found {
  return from?.live === undefined ? { manager, live } : { manager: from.manager, live: from.live };
}
