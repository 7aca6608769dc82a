import { pick } from "../../model/props";
import type { Connection, Login } from "../../schema/connection";

/** One machine to log in to, with all defaults filled in. */
export interface Hop {
  name: string;
  address: string;
  port: number;
  user: string;
  login: Login;
}

export interface SshTarget {
  type: "ssh";
  name: string;
  /** The machines to connect to, in order: jump hosts first, the target last. */
  hops: readonly Hop[];
  connectTimeoutSeconds: number;
}

export type Target = { type: "local"; name: string } | SshTarget;

/** Turns the user's connection into a target. Fills in all defaults; that of the user comes from the platform. */
export function targetOf(connection: Connection & { host: string }, defaultUser: string): Target {
  const { host, type, jump, connectTimeoutSeconds = 30 } = connection;
  if (type === "local") return { type, name: host };
  const hops = [...(jump ? [hop(jump.host, jump, defaultUser)] : []), hop(host, connection, defaultUser)];
  return { type: "ssh", name: host, hops, connectTimeoutSeconds };
}

const hop = (name: string, login: Login, defaultUser: string): Hop => ({
  name,
  address: dialled(login.address ?? name),
  port: login.port ?? 22,
  user: login.user ?? defaultUser,
  login: {
    ...pick(login, ["privateKey", "privateKeyFile", "passphrase", "passphraseEnv", "password", "passwordEnv"]),
    ...pick(login, ["agentSocket", "hostKey", "knownHosts", "knownHostsFile", "legacyAlgorithms"]),
  },
});

/** An address without the brackets of IPv6, which system calls don't accept. */
const dialled = (address: string) => address.replace(/^\[(.*)\]$/, "$1");
