// Made from schema/ by `npm run reference`: change it there.
import type { Input } from "@pulumi/pulumi";
import type { AtMostOne } from "./atMostOne";

/** The properties of {@link Login}. */
export interface LoginProperties {
  /**
   * How to reach the machine: a DNS name or an IP address. Default: the value of `host`. Example:
   * `"edi1.example.com"`.
   */
  address?: Input<string>;
  /** TCP port of the SSH server. Default: `22`. */
  port?: Input<number>;
  /** Login name. Default: `root`. */
  user?: Input<string>;
  /**
   * Private key: the content of the file, in OpenSSH or PEM format (PKCS#1, SEC1, PKCS#8). Pulumi keeps it as a
   * secret.
   */
  privateKey?: Input<string>;
  /**
   * Path of the private key on the computer that runs Pulumi; `~/` is the home directory. The file is read when
   * connecting and never stored. Example: `"~/.ssh/id_ed25519"`.
   */
  privateKeyFile?: Input<string>;
  /** Passphrase of the private key. Pulumi keeps it as a secret. */
  passphrase?: Input<string>;
  /**
   * Name of the environment variable that holds the passphrase, on the computer that runs Pulumi. It is read when
   * connecting and never stored.
   */
  passphraseEnv?: Input<string>;
  /** Password of the login. Pulumi keeps it as a secret. */
  password?: Input<string>;
  /**
   * Name of the environment variable that holds the password, on the computer that runs Pulumi. It is read when
   * connecting and never stored.
   */
  passwordEnv?: Input<string>;
  /** Path of the socket of an SSH agent. Default: the value of `SSH_AUTH_SOCK` when connecting. */
  agentSocket?: Input<string>;
  /** Public host key of the machine. A machine that shows another key is refused. Example: `"ssh-ed25519 AAAA…"`. */
  hostKey?: Input<string>;
  /** Content of a known_hosts file, as sshd(8) describes it. An alternative to `hostKey`. */
  knownHosts?: Input<string>;
  /**
   * Path of a known_hosts file on the computer that runs Pulumi. An alternative to `hostKey`. Default:
   * `~/.ssh/known_hosts`.
   */
  knownHostsFile?: Input<string>;
  /**
   * Also offers the weak algorithms of OpenSSH before 6.7, as the last choice: SHA-1 key exchanges, CBC ciphers, MD5,
   * DSA host keys. Set it only for a server that supports nothing better. The host key is still checked. With or
   * without this setting, RSA keys sign with SHA-1 for a server that announces nothing better. Default: `false`.
   */
  legacyAlgorithms?: Input<boolean>;
}

/** How to log in to a machine. */
export type Login = LoginProperties & AtMostOne<"privateKey" | "privateKeyFile"> & AtMostOne<"password" | "passwordEnv"> & AtMostOne<"passphrase" | "passphraseEnv">;

/**
 * - `ssh`: log in to a Linux or Windows host over SSH
 * - `winrm`: log in to a Windows host over WinRM
 * - `local`: the computer that runs Pulumi
 */
export type ConnectionType = "ssh" | "winrm" | "local";

/**
 * - `sudo`: run commands through sudo(8)
 * - `none`: keep the rights of the login
 */
export type BecomeMethod = "sudo" | "none";

/** The properties of {@link Become}. */
export interface BecomeProperties {
  /**
   * How to become another user.
   *
   * - `sudo`: run commands through sudo(8)
   * - `none`: keep the rights of the login
   *
   * Default: `none`.
   */
  method?: Input<BecomeMethod>;
  /** The user to become. Default: `root`. */
  user?: Input<string>;
  /**
   * The password that sudo asks for. It is sent through standard input, never as an argument. Pulumi keeps it as a
   * secret.
   */
  password?: Input<string>;
  /**
   * Name of the environment variable that holds the sudo password, on the computer that runs Pulumi. It is read when
   * connecting and never stored.
   */
  passwordEnv?: Input<string>;
}

/**
 * How to get the rights of another user after the login.
 *
 * ```ts
 * { method: "sudo", passwordEnv: "EDI_SUDO_PASSWORD" }
 * ```
 */
export type Become = BecomeProperties & AtMostOne<"password" | "passwordEnv">;

/** The properties of {@link Jump}. */
export interface JumpProperties extends LoginProperties {
  /** Name of the jump host. */
  host: Input<string>;
}

/** A jump host: the connection to the machine goes through it. */
export type Jump = JumpProperties & AtMostOne<"privateKey" | "privateKeyFile"> & AtMostOne<"password" | "passwordEnv"> & AtMostOne<"passphrase" | "passphraseEnv">;

/**
 * - `ntlm`: NTLMv2, which encrypts the messages even without TLS
 * - `basic`: the password itself, for local accounts, over TLS only
 */
export type WinRmAuthentication = "ntlm" | "basic";

/** The properties of {@link Tls}. */
export interface TlsProperties {
  /**
   * Certificates of the authorities that may have signed the host's certificate, in PEM format. Default: the
   * authorities that the computer running Pulumi trusts.
   */
  caCertificate?: Input<string>;
  /**
   * SHA-256 fingerprint of the host's certificate: 64 hexadecimal digits, with or without colons. It replaces the
   * check of the authority and of the name, so it also works for a self-signed certificate.
   */
  fingerprintSha256?: Input<string>;
  /** Accepts any certificate. Anybody on the network path can then read and change what is sent. Default: `false`. */
  insecureSkipVerify?: Input<boolean>;
}

/**
 * How the certificate of a host is checked. `{}` uses the authorities that the computer running Pulumi trusts.
 *
 * ```ts
 * { fingerprintSha256: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c" }
 * ```
 */
export type Tls = TlsProperties & AtMostOne<"caCertificate" | "fingerprintSha256" | "insecureSkipVerify">;

/** The properties of {@link Connection}. */
export interface ConnectionProperties extends Omit<LoginProperties, "port" | "user"> {
  /**
   * How to connect. A connection that sets another type than the provider's inherits only what both types have, and
   * not the port.
   *
   * - `ssh`: log in to a Linux or Windows host over SSH
   * - `winrm`: log in to a Windows host over WinRM
   * - `local`: the computer that runs Pulumi
   *
   * Default: `ssh`.
   */
  type?: Input<ConnectionType>;
  /**
   * Which machine it is. A change replaces the service: it is deleted on the old machine, then created on the new one.
   * Default: the `host` of the provider's connection. Example: `"edi1"`.
   */
  host?: Input<string>;
  /** TCP port of the SSH server or of WinRM. Default: 22; for `winrm` 5985, or 5986 with `tls`. */
  port?: Input<number>;
  /** Login name. Default: `root`; for `winrm` `Administrator`. */
  user?: Input<string>;
  /**
   * For Linux: how to get root's rights after the login, when the login itself is not root.
   *
   * ```ts
   * { method: "sudo", passwordEnv: "EDI_SUDO_PASSWORD" }
   * ```
   */
  become?: Input<Become>;
  /** A jump host, through which the connection goes. */
  jump?: Input<Jump>;
  /**
   * For `winrm`: how to log in. Kerberos, CredSSP and client certificates are not supported.
   *
   * - `ntlm`: NTLMv2, which encrypts the messages even without TLS
   * - `basic`: the password itself, for local accounts, over TLS only
   *
   * Default: `ntlm`.
   */
  authentication?: Input<WinRmAuthentication>;
  /**
   * For `winrm`: connect over HTTPS, and how to check the certificate of the host. Default: plain HTTP, except on port
   * 5986.
   *
   * ```ts
   * { fingerprintSha256: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c" }
   * ```
   */
  tls?: Input<Tls>;
  /** Time limit for making the connection, retries included. Default: `30` seconds. */
  connectTimeoutSeconds?: Input<number>;
  /**
   * Why the machine must not be contacted. Its services stay in the state as they are; creating and deleting one
   * fails. Example: `"being rebuilt until Friday"`.
   */
  suspended?: Input<string>;
}

/**
 * How to reach a host. Only `host` is part of a service's identity: a new key, password, address or jump host never
 * touches a service. Settings of the resource override those of the provider, property by property.
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
export type Connection = ConnectionProperties & AtMostOne<"privateKey" | "privateKeyFile"> & AtMostOne<"password" | "passwordEnv"> & AtMostOne<"passphrase" | "passphraseEnv">;
