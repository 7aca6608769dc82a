// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { Connection } from "./connection";

/**
 * - `fail`: the delete fails, and the service stays in the state
 * - `forget`: the service is removed from the state and stays on the host
 */
export type OnUnreachableDelete = "fail" | "forget";

/** Settings that all resources of a provider share: connections and limits. */
export interface ProviderArgs {
  /**
   * Defaults for every connection. The settings of `hosts` and of a resource override them.
   *
   * ```ts
   * {
   *   host: "edi1",
   *   address: "edi1.example.com",
   *   user: "deploy",
   *   privateKeyFile: "~/.ssh/id_ed25519",
   *   become: { method: "sudo" },
   * }
   * ```
   */
  connection?: Input<Connection>;
  /**
   * Connections by machine name. They override `connection`; a resource's own settings override both.
   *
   * ```ts
   * { edi1: { address: "10.0.0.5", user: "deploy" } }
   * ```
   */
  hosts?: Input<Record<string, Input<Connection>>>;
  /**
   * How many connections are made at the same time. The environment variable `BOTS_MAX_CONNECTIONS` overrides it.
   * Default: `8`.
   */
  maxConnections?: Input<number>;
  /**
   * How many remote shells run at the same time on one host. sshd allows 10 for a connection (MaxSessions). The
   * environment variable `BOTS_MAX_SESSIONS_PER_HOST` overrides it. Default: `8`.
   */
  maxSessionsPerHost?: Input<number>;
  /**
   * What a delete does when the host can't be reached. The environment variable `BOTS_ON_UNREACHABLE_DELETE` overrides
   * it.
   *
   * - `fail`: the delete fails, and the service stays in the state
   * - `forget`: the service is removed from the state and stays on the host
   *
   * Default: `fail`.
   */
  onUnreachableDelete?: Input<OnUnreachableDelete>;
}
