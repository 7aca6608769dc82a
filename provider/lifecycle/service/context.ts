import { HostError } from "../../../model/errors";
import type { Props } from "../../../model/props";
import type { ServiceInputs } from "../../../schema/service";
import type { HostFacts } from "../../../model/host";
import type { Host, OperateOptions, Session } from "../../hosts/host";
import { usualManager } from "../../managers";
import type { Manager } from "../../managers/manager";
import type { Connections } from "../connections";
import type { Log } from "../lifecycle";

/** What the lifecycle of a service rests on. */
export interface Context {
  readonly connections: Connections;
  readonly managers: ReadonlyMap<string, Manager>;
}

/** The manager that is named, or the one that a host has for new services; an error when it can't be used there. */
export function managerOn(context: Context, host: string, facts: HostFacts, named: string | undefined): Manager {
  const manager =
    named === undefined || named === "auto" ? usualManager(context.managers, facts) : context.managers.get(named);
  if (manager === undefined) {
    const known = [...context.managers.keys()].join(", ");
    throw new HostError(
      "remote",
      host,
      `no service manager that we can drive (${known}): the host runs ${facts.initText}`,
    );
  }
  const problem = manager.unavailable(facts);
  if (problem !== undefined)
    throw new HostError("remote", host, `services of ${manager.name} can't be managed: ${problem}`);
  return manager;
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
  options: { name: string; urn: string; signal: AbortSignal; log: Log },
  body: (session: Session) => Promise<T>,
): Promise<T> {
  const { name, urn, signal, log } = options;
  const request: OperateOptions = { name, holder: urn, signal, onStep: (step) => log.status(`${name}: ${step}`) };
  try {
    return await host.operate(request, body);
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== "lostConnection" || signal.aborted) throw error;
    log.warning(`the connection to ${host.name} broke; connecting again to see how far it came`);
    return host.operate(request, body);
  }
}
