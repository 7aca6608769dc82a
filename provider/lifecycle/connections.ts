import { HostError, PropertyError, type Issue } from "../../model/errors";
import type { Platform } from "../../model/hostPath";
import { getAt, UNKNOWN, withoutUnknowns } from "../../model/props";
import { mergeConnections, type Connection } from "../../schema/connection";
import type { ProviderConfig } from "../../schema/provider";
import { holdsUnknown } from "../../schema/validate";
import type { Host } from "../platform";
import { connectionIssues } from "../transports/connectionIssues";
import type { Log } from "./lifecycle";

/** Opens hosts. `Hosts` implements this interface; tests use their own implementation. */
export interface HostSource {
  get(connection: Connection & { host: string }): Host;
}

/**
 * How to reach a host: the provider's defaults, then the provider's entry for the host, then the resource's own connection.
 * They are merged only when connecting, so a change of any of them touches no service.
 */
export class Connections {
  constructor(
    private readonly config: ProviderConfig,
    private readonly hosts: HostSource,
  ) {}

  /** The host of a resource; undefined when none is set, UNKNOWN in a preview when it is not known yet. */
  hostOf(own: Connection | undefined): string | typeof UNKNOWN | undefined {
    const host = getAt(own, ["host"]) ?? getAt(this.config.connection, ["host"]);
    return host as string | typeof UNKNOWN | undefined;
  }

  /** The merged connection to a host, without values that are not known yet. */
  effective(host: string, own: Connection | undefined): Connection & { host: string } {
    return { ...mergeConnections(...this.#layers(host, own).map(known)), host };
  }

  /** The merged connection, with UNKNOWN for values that are not known yet; undefined when it is not known which it has. */
  whole(own: Connection | undefined): Connection | undefined {
    const host = this.hostOf(own);
    const layers = typeof host === "string" ? this.#layers(host, own) : [UNKNOWN];
    return layers.includes(UNKNOWN) ? undefined : mergeConnections(...(layers as (Connection | undefined)[]));
  }

  /** The platform of the host, as far as the way to reach it tells. */
  platform(own: Connection | undefined): Platform | undefined {
    return this.whole(own)?.type === "winrm" ? "windows" : undefined;
  }

  /** The likely platform of a host that nothing else tells: SSH mostly leads to Linux. Undefined when the connection is not known. */
  usualPlatform(own: Connection | undefined): Platform | undefined {
    const host = this.hostOf(own);
    const layers = typeof host === "string" ? this.#layers(host, own) : [this.config.connection, own, host];
    if (layers.includes(UNKNOWN)) return undefined;
    const { type = "ssh" } = mergeConnections(...(layers as (Connection | undefined)[]));
    return (type as unknown) === UNKNOWN ? undefined : type === "winrm" ? "windows" : "posix";
  }

  /** All errors in the connection of a resource that need no host. */
  issues(own: Connection | undefined): Issue[] {
    if (this.hostOf(own) === undefined) {
      const message =
        "is required: name the machine here, or set `host` in the provider's connection (bots:connection) for all services";
      return [{ path: ["connection", "host"], message }];
    }
    const whole = this.whole(own);
    return connectionIssues(whole ?? own ?? {}, ["connection"], whole !== undefined);
  }

  #layers(host: string, own: Connection | undefined): unknown[] {
    return [this.config.connection, getAt(this.config.hosts, [host]), own];
  }

  /** Why the host is suspended; undefined when it is not. */
  suspended(host: string, own: Connection | undefined): string | undefined {
    return this.effective(host, own).suspended;
  }

  /** Opens a host, which reports to `log` when connecting takes long. */
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

  /** `BOTS_ON_UNREACHABLE_DELETE` wins, because the engine destroys with the provider's old configuration. */
  get forgetUnreachable(): boolean {
    return (process.env.BOTS_ON_UNREACHABLE_DELETE ?? this.config.onUnreachableDelete) === "forget";
  }
}

function known(layer: unknown): Connection | undefined {
  return layer === UNKNOWN ? undefined : (withoutUnknowns(layer) as Connection | undefined);
}

/** Logs, once, why connecting to the host takes long. */
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
