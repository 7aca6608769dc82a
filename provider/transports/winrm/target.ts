/** How to reach a Windows host by WinRM: the user's settings. */
export interface WinRmConnection {
  host: string;
  address?: string;
  /** Default: 5986 with `tls`, otherwise 5985. */
  port?: number;
  /** Default: Administrator. */
  user?: string;
  password?: string;
  /** Name of the environment variable that holds the password, on the computer that runs Pulumi. */
  passwordEnv?: string;
  /** Default: ntlm. */
  authentication?: "ntlm" | "basic";
  tls?: TlsSettings;
  connectTimeoutSeconds?: number;
}

export interface TlsSettings {
  /** The authority that signed the host's certificate, in PEM form. Default: the authorities that the system trusts. */
  caCertificate?: string;
  /** The SHA-256 of the host's certificate, in hexadecimal. It replaces the check of the chain and of the name. */
  fingerprintSha256?: string;
  /** Checks nothing: anybody in between can read and change the messages. */
  insecureSkipVerify?: boolean;
}

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
