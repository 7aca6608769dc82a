import { HostError } from "../../../model/errors";
import type { Props } from "../../../model/props";
import type { ServiceInputs } from "../../../schema/service";
import type { Host, OperateOptions, Session } from "../../platform";
import type { ManagerRules } from "../../rules";
import type { Connections } from "../connections";
import type { HostCall } from "../lifecycle";

/** What the lifecycle of a service rests on. */
export interface Context {
  readonly connections: Connections;
  readonly managers: ReadonlyMap<string, ManagerRules>;
}

/** Inputs as their schema says: only after Check has passed. */
export function inputsOf(props: Props): ServiceInputs {
  return props.values as unknown as ServiceInputs;
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
