import type { Connection } from "../schema/connection";
import type { Host } from "./platform";
import { SUPERUSER } from "./posix/host/become";
import { ShellHost } from "./posix/host/host";
import { PosixHost } from "./posix/verbs/host";
import { SshHost } from "./sshHost";
import { Pool, type PoolLimits } from "./transports/pool";
import type { OnWaiting } from "./transports/retry";
import { targetOf, type SshTarget } from "./transports/target";
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
    const { type = "ssh" } = connection;
    if (type === "local") return this.posix(connection);
    return type === "winrm" ? this.#winRm(connection) : this.#ssh(connection);
  }

  /** A host over SSH: Linux, or Windows. */
  #ssh(connection: Connection & { host: string }): Host {
    const target = targetOf(connection, SUPERUSER) as SshTarget;
    const { become } = connection;
    const connect = (signal: AbortSignal, onWaiting?: OnWaiting) => this.#pool.ssh(target, signal, onWaiting);
    const open: Connect = async (signal, onWaiting) => {
      await connect(signal, onWaiting);
      const { SshCarrier } = await import("./windows/sshCarrier.js"); // loaded late: most hosts run Linux
      return new SshCarrier(target.name, connect);
    };
    return this.#cached(["any", target, become], () => {
      const windows = new WindowsHost(target.name, open);
      return new SshHost({ connect, posix: this.posix(connection), windows, become });
    });
  }

  #winRm(connection: Connection & { host: string }): Host {
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
