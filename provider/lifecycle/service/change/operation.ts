import { HostError } from "../../../../model/errors";
import type { Path, Props } from "../../../../model/props";
import type { Definition, Live, RunState, Status } from "../../../../model/service";
import type { ServiceInputs } from "../../../../schema/service";
import type { FullSurvey, Host, Observation, OperateOptions, Probe, Session } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import type { HostCall, Log } from "../../lifecycle";
import type { Place } from "../plan/place";
import type { Triggers } from "../state/triggers";

/** One create, update or delete under way: the session on the host, and everything that does not change meanwhile. */
export interface Operation {
  readonly session: Session;
  /** What was found before anything was changed. */
  readonly survey: FullSurvey;
  /** The manager that is to have the service. */
  readonly manager: ManagerRules;
  /** The manager that the service is moved from. */
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

/**
 * One operation on a host. When the connection breaks, nothing is blindly repeated: a new session looks at what is
 * there and decides again, once.
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
