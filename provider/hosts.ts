import type { Connection } from "../schema/connection";
import { Pool, type PoolLimits } from "./transports/pool";
import { targetOf } from "./transports/target";
import type { Host } from "./platform";
import { SUPERUSER } from "./posix/host/become";
import { PosixHost } from "./posix/host/host";

export type { Host, OperateOptions, RunResult, Session, StepFailure } from "./platform";
export { hostKeyProblem, privateKeyProblem } from "./transports/ssh/keys";
export type { PoolLimits } from "./transports/pool";

/** All hosts that one process deals with. The same login is the same host, with one connection, whoever asks. */
export class Hosts {
  readonly #pool: Pool;
  readonly #hosts = new Map<string, Host>();

  constructor(limits: PoolLimits = {}) {
    this.#pool = new Pool(limits);
  }

  get(connection: Connection & { host: string }): Host {
    const target = targetOf(connection, SUPERUSER);
    const key = JSON.stringify([target, connection.become]);
    const host = this.#hosts.get(key) ?? new PosixHost(this.#pool, target, connection.become);
    this.#hosts.set(key, host);
    return host;
  }

  /** Ends all connections at once. What runs on a host is finished there. */
  close(): void {
    this.#pool.close();
  }
}
