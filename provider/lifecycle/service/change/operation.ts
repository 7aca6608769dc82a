import { HostError } from "../../../../model/errors";
import type { Path, Props } from "../../../../model/props";
import type { Definition, Live, RunState, Status } from "../../../../model/service";
import type { ServiceInputs } from "../../../../schema/service";
import type { FullSurvey, Host, Observation, OperateOptions, Probe, Session } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import type { HostCall, Log } from "../../lifecycle";
import type { Place } from "../plan/place";
import type { Triggers } from "../state/triggers";

/** A create or update in progress: the session on the host, and everything that stays the same during it. */
export interface Operation {
  readonly session: Session;
  /** The state of the host before the change. */
  readonly survey: FullSurvey;
  /** The manager that the service is for. */
  readonly manager: ManagerRules;
  /** The manager that the service moves from. */
  readonly from?: Place["from"];
  /** All managers: the backup of a killed run may be from any of them. */
  readonly managers: ReadonlyMap<string, ManagerRules>;
  readonly host: string;
  readonly name: string;
  readonly inputs: ServiceInputs;
  /** From the state: when a start of the previous definition counts, and the last seen status. */
  readonly former: Pick<ServiceInputs, "ready" | "settleSeconds" | "triggers"> & { status?: Status };
  /** The recorded outputs; undefined at a create. */
  readonly state: Props | undefined;
  /** The paths in `ignoreChanges`. */
  readonly ignore: readonly Path[];
  readonly wanted: Definition;
  /** The service is an existing one (`existing: true`), driven by its own means. */
  readonly existing: boolean;
  readonly triggers: Triggers;
  readonly urn: string;
  /** The owner id for a service that this operation creates or takes over. */
  readonly newOwnerId: string;
  readonly signal: AbortSignal;
  /** Deadline for a start, in milliseconds as of Date.now(). The rest of the operation's time is reserved for a rollback. */
  readonly startBy: number | undefined;
  readonly log: Log;
}

/** Reads the service. */
export async function observe({ session, manager }: Pick<Operation, "session" | "manager">): Promise<Live> {
  return (await session.observe(manager.name)).live;
}

/** Runs the readiness probe once, then reads the service. `process`: the last seen process, used for an existing service. */
export function probe(operation: Operation, process: RunState): Promise<Observation> {
  const { session, manager, inputs, wanted, existing } = operation;
  const of: Probe["of"] = existing ? { process } : { definition: wanted };
  return session.observe(manager.name, inputs.ready && { ready: inputs.ready, of });
}

/**
 * Runs one operation on a host. After a lost connection nothing is blindly repeated: a new session reads the host and
 * decides again, once.
 */
export async function operate<T>(
  host: Host,
  options: { name: string } & Pick<HostCall, "urn" | "signal" | "deadline" | "log">,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  const { name, urn, signal, deadline, log } = options;
  const request: OperateOptions = {
    name,
    holder: urn,
    signal,
    deadline,
    onStep: (step) => log.status(`${name}: ${step}`),
    onWarning: (warning) => log.warning(warning),
  };
  try {
    return await host.operate(request, body);
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== "lostConnection" || signal.aborted) throw error;
    log.warning(`the connection to ${host.name} was lost; reconnecting to check what was applied`);
    return host.operate(request, body);
  }
}
