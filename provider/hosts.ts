import { HostError } from "../model/errors";
import type { Connection } from "../schema/connection";
import { Pool, type PoolLimits } from "./transports/pool";
import { targetOf } from "./transports/target";
import { SUPERUSER } from "./posix/host/become";
import { ShellHost } from "./posix/host/host";
import { PosixHost } from "./posix/verbs/host";

export type { PoolLimits } from "./transports/pool";

/** Creates hosts from connections and caches them: resources with the same login share one host and its connection. */
export class Hosts {
  readonly #pool: Pool;
  readonly #hosts = new Map<string, PosixHost>();

  constructor(limits: PoolLimits = {}) {
    this.#pool = new Pool(limits);
  }

  get(connection: Connection & { host: string }): PosixHost {
    if (connection.type === "winrm") throw new HostError("unreachable", connection.host, "WinRM is not supported yet");
    const target = targetOf(connection, SUPERUSER);
    const key = JSON.stringify([target, connection.become]);
    const host = this.#hosts.get(key) ?? new PosixHost(new ShellHost(this.#pool, target, connection.become));
    this.#hosts.set(key, host);
    return host;
  }

  /** Closes all connections at once. The hosts complete the changes that they have begun. */
  close(): void {
    this.#pool.close();
  }
}
