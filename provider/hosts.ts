import type { Connection } from "../schema/connection";
import type { Host } from "./platform";
import { SUPERUSER } from "./posix/host/become";
import { ShellHost } from "./posix/host/host";
import { PosixHost } from "./posix/verbs/host";
import { Pool, type PoolLimits } from "./transports/pool";
import { targetOf } from "./transports/target";
import { winRmTarget } from "./transports/winrm/target";
import { WindowsHost, type Connect } from "./windows/host";

export type { PoolLimits } from "./transports/pool";

/** Creates hosts from connections and caches them: resources with the same login share one host and its connection. */
export class Hosts {
  readonly #pool: Pool;
  readonly #hosts = new Map<string, Host>();

  constructor(limits: PoolLimits = {}) {
    this.#pool = new Pool(limits);
  }

  get(connection: Connection & { host: string }): Host {
    return connection.type === "winrm" ? this.#windows(connection) : this.posix(connection);
  }

  #windows(connection: Connection & { host: string }): Host {
    const target = winRmTarget(connection);
    const connect: Connect = async (...how) => {
      const transport = await this.#pool.winRm(target, ...how);
      const { WinRmCarrier } = await import("./windows/winRmCarrier.js"); // loaded late, like WinRM itself
      return new WinRmCarrier(transport);
    };
    return this.#cached(target, () => new WindowsHost(target.name, connect));
  }

  /** A Linux host. */
  posix(connection: Connection & { host: string }): PosixHost {
    const target = targetOf(connection, SUPERUSER);
    const { become } = connection;
    return this.#cached([target, become], () => new PosixHost(new ShellHost(this.#pool, target, become)));
  }

  #cached<T extends Host>(login: unknown, create: () => T): T {
    const key = JSON.stringify(login);
    const host = (this.#hosts.get(key) as T | undefined) ?? create();
    this.#hosts.set(key, host);
    return host;
  }

  /** Closes all connections at once. The hosts complete the changes that they have begun. */
  close(): void {
    this.#pool.close();
  }
}
