import type { Connection } from "../../../schema/connection";

/** What of a connection is used for WinRM, as the user gives it. */
export type WinRmSettings = Pick<
  Connection,
  "address" | "port" | "user" | "password" | "passwordEnv" | "authentication" | "tls" | "connectTimeoutSeconds"
>;

/** How a Windows host is reached by WinRM, as the user gives it. */
export type WinRmConnection = WinRmSettings & { host: string };

export type TlsSettings = NonNullable<Connection["tls"]>;

/** A host to connect to, with all defaults filled in. */
export interface WinRmTarget {
  name: string;
  address: string;
  port: number;
  user: string;
  password?: string;
  passwordEnv?: string;
  authentication: "ntlm" | "basic";
  /** Undefined without TLS. */
  tls: TlsSettings | undefined;
  connectTimeoutSeconds: number;
}

/** The default ports of WinRM. */
const PORT = { http: 5985, https: 5986 };

/** Setting the port of HTTPS implies TLS. */
export const usesTls = ({ tls, port }: Pick<WinRmConnection, "tls" | "port">): boolean =>
  tls !== undefined || port === PORT.https;

export function winRmTarget(connection: WinRmConnection): WinRmTarget {
  const isTls = usesTls(connection);
  return {
    name: connection.host,
    address: (connection.address ?? connection.host).replace(/^\[(.*)\]$/, "$1"),
    port: connection.port ?? (isTls ? PORT.https : PORT.http),
    user: connection.user ?? "Administrator",
    ...(connection.password !== undefined && { password: connection.password }),
    ...(connection.passwordEnv !== undefined && { passwordEnv: connection.passwordEnv }),
    authentication: connection.authentication ?? "ntlm",
    tls: isTls ? (connection.tls ?? {}) : undefined,
    connectTimeoutSeconds: connection.connectTimeoutSeconds ?? 30,
  };
}
