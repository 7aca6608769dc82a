import type { Connection, Login } from "../../schema/connection";

/** One machine to log in to, with all defaults filled in. */
export interface Hop {
  name: string;
  address: string;
  port: number;
  user: string;
  login: Login;
}

/** The machines to connect to, in order: jump hosts first, the target last. */
export type Target =
  { type: "local"; name: string } | { type: "ssh"; name: string; hops: readonly Hop[]; connectTimeoutSeconds: number };

/** Turns the user's connection into the target to dial. The only place that knows the defaults. */
export function targetOf(connection: Connection & { host: string }): Target {
  const { host, type, jump, connectTimeoutSeconds = 30 } = connection;
  if (type === "local") return { type, name: host };
  const hops = [...(jump ? [hop(jump.host, jump)] : []), hop(host, connection)];
  return { type: "ssh", name: host, hops, connectTimeoutSeconds };
}

const hop = (name: string, login: Login): Hop => ({
  name,
  address: dialled(login.address ?? name),
  port: login.port ?? 22,
  user: login.user ?? "root",
  login: {
    ...pick(login, "privateKey", "privateKeyFile", "passphrase", "passphraseEnv", "password", "passwordEnv"),
    ...pick(login, "agentSocket", "hostKey", "knownHosts", "knownHostsFile", "legacyAlgorithms"),
  },
});

/** An address as the system's own calls take it: brackets are for where a port may follow. */
const dialled = (address: string) => address.replace(/^\[(.*)\]$/, "$1");

const pick = <T extends object, K extends keyof T>(from: T, ...keys: K[]) =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
