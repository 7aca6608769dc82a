import { HostError, PropertyError } from "../../model/errors";
import { getAt, UNKNOWN, withoutUnknowns } from "../../model/props";
import { mergeConnections, type Connection } from "../../schema/connection";
import type { ProviderConfig } from "../../schema/provider";
import { holdsUnknown } from "../../schema/validate";
import type { Host } from "../platform";
import type { Log } from "./lifecycle";

/** Opens hosts. What `hosts/` offers; a name of its own so that tests can stand in for it. */
export interface HostSource {
  get(connection: Connection & { host: string }): Host;
}

/**
 * Which way to a host: the provider's defaults, then what the provider knows of that host, then the resource's own.
 * Merged only when dialling, so that a change of any of it touches no service.
 */
export class Connections {
  constructor(
    private readonly config: ProviderConfig,
    private readonly hosts: HostSource,
  ) {}

  /** The machine that a resource is on. Undefined: nobody says which. In a preview it may be unknown. */
  hostOf(own: Connection | undefined): string | typeof UNKNOWN | undefined {
    const host = getAt(own, ["host"]) ?? getAt(this.config.connection, ["host"]);
    return host as string | typeof UNKNOWN | undefined;
  }

  /** What is known of the way to a host. */
  effective(host: string, own: Connection | undefined): Connection & { host: string } {
    return { ...mergeConnections(...this.#layers(host, own).map(known)), host };
  }

  #layers(host: string, own: Connection | undefined): unknown[] {
    return [this.config.connection, getAt(this.config.hosts, [host]), own];
  }

  /** Why the machine is not to be contacted, if so. */
  suspended(host: string, own: Connection | undefined): string | undefined {
    return this.effective(host, own).suspended;
  }

  /** The host, which tells `log` when a connection takes long. */
  host(host: string, own: Connection | undefined, log?: Log): Host {
    if (this.#layers(host, own).some(holdsUnknown)) {
      const message = `is not known yet, so ${host} can't be contacted`;
      throw new PropertyError([{ path: ["connection"], message }]);
    }
    const connection = this.effective(host, own);
    if (connection.suspended !== undefined) {
      throw new HostError("unreachable", host, `the host is suspended; nothing was changed: ${connection.suspended}`);
    }
    const found = this.hosts.get(connection);
    return log === undefined ? found : telling(found, log);
  }

  /** `BOTS_ON_UNREACHABLE_DELETE` wins: the engine destroys with the provider's old configuration. */
  get forgetUnreachable(): boolean {
    return (process.env.BOTS_ON_UNREACHABLE_DELETE ?? this.config.onUnreachableDelete) === "forget";
  }
}

function known(layer: unknown): Connection | undefined {
  return layer === UNKNOWN ? undefined : (withoutUnknowns(layer) as Connection | undefined);
}

/** Says once in a call why its host keeps it waiting. */
function telling(host: Host, log: Log): Host {
  let told = false;
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const stop = host.whileConnecting((reason) => {
      if (!told) log.info(reason);
      told = true;
    });
    return work().finally(stop);
  };
  return {
    name: host.name,
    whileConnecting: (listener) => host.whileConnecting(listener),
    survey: (...request) => during(() => host.survey(...request)),
    operate: (options, body) => during(() => host.operate(options, body)),
  };
}
