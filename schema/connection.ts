import * as z from "zod";
import { words } from "./about";
import { hostName, line, port, seconds, secretText } from "./text";

/** How to get another user's rights after the login. */
export const becomeSchema = z
  .strictObject({
    method: words("BecomeMethod", {
      sudo: "run commands through sudo(8)",
      none: "keep the rights of the login",
    })
      .optional()
      .meta({ description: "How to become another user.", default: "none" }),
    user: line.optional().meta({ description: "The user to become.", default: "root" }),
    password: secretText.optional().meta({
      description: "The password that sudo asks for. It is sent through standard input, never as an argument.",
    }),
    passwordEnv: line.optional().meta({
      description:
        "Name of the environment variable that holds the sudo password, on the computer that runs Pulumi. It is read when connecting and never stored.",
    }),
  })
  .meta({
    id: "Become",
    description: "How to get the rights of another user after the login.",
    examples: [{ method: "sudo", passwordEnv: "EDI_SUDO_PASSWORD" }],
    exclusive: [["password", "passwordEnv"]],
  });

/** Pairs of properties that give the same secret: at most one of each may be set. */
export const exclusiveInLogin = [
  ["privateKey", "privateKeyFile"],
  ["password", "passwordEnv"],
  ["passphrase", "passphraseEnv"],
] as const;

/** How to log in to one machine, directly or through another one. */
export const loginSchema = z
  .strictObject({
    address: hostName.optional().meta({
      description: "How to reach the machine: a DNS name or an IP address.",
      unset: "the value of `host`",
      examples: ["edi1.example.com"],
    }),
    port: port.optional().meta({ description: "TCP port of the SSH server.", default: 22 }),
    user: line.optional().meta({ description: "Login name.", default: "root" }),
    privateKey: secretText.optional().meta({
      description: "Private key: the content of the file, in OpenSSH or PEM format (PKCS#1, SEC1, PKCS#8).",
    }),
    privateKeyFile: line.optional().meta({
      description:
        "Path of the private key on the computer that runs Pulumi; `~/` is the home directory. The file is read when connecting and never stored.",
      examples: ["~/.ssh/id_ed25519"],
    }),
    passphrase: secretText.optional().meta({ description: "Passphrase of the private key." }),
    passphraseEnv: line.optional().meta({
      description:
        "Name of the environment variable that holds the passphrase, on the computer that runs Pulumi. It is read when connecting and never stored.",
    }),
    password: secretText.optional().meta({ description: "Password of the login." }),
    passwordEnv: line.optional().meta({
      description:
        "Name of the environment variable that holds the password, on the computer that runs Pulumi. It is read when connecting and never stored.",
    }),
    agentSocket: line.optional().meta({
      description: "Path of the socket of an SSH agent.",
      unset: "the value of `SSH_AUTH_SOCK` when connecting",
    }),
    hostKey: line.optional().meta({
      description: "Public host key of the machine. A machine that shows another key is refused.",
      examples: ["ssh-ed25519 AAAA…"],
    }),
    knownHosts: z
      .string()
      .min(1, "must not be empty")
      .optional()
      .meta({ description: "Content of a known_hosts file, as sshd(8) describes it. An alternative to `hostKey`." }),
    knownHostsFile: line.optional().meta({
      description: "Path of a known_hosts file on the computer that runs Pulumi. An alternative to `hostKey`.",
      default: "~/.ssh/known_hosts",
    }),
    legacyAlgorithms: z.boolean().optional().meta({
      description:
        "Also offers the weak algorithms of OpenSSH before 6.7, as the last choice: SHA-1 key exchanges, CBC ciphers, MD5, DSA host keys. Set it only for a server that supports nothing better. The host key is still checked. With or without this setting, RSA keys sign with SHA-1 for a server that announces nothing better.",
      default: false,
    }),
  })
  .meta({ id: "Login", description: "How to log in to a machine.", exclusive: exclusiveInLogin });

/** A jump host. */
export const jumpSchema = z
  .strictObject({
    host: hostName.meta({ description: "Name of the jump host." }),
    ...loginSchema.shape,
  })
  .meta({
    id: "Jump",
    description: "A jump host: the connection to the machine goes through it.",
    exclusive: exclusiveInLogin,
  });

/** HTTPS for WinRM. */
const tlsSchema = z
  .strictObject({
    caCertificate: z.string().min(1, "must not be empty").optional().meta({
      description: "Certificates of the authorities that may have signed the host's certificate, in PEM format.",
      unset: "the authorities that the computer running Pulumi trusts",
    }),
    fingerprintSha256: line.optional().meta({
      description:
        "SHA-256 fingerprint of the host's certificate: 64 hexadecimal digits, with or without colons. It replaces the check of the authority and of the name, so it also works for a self-signed certificate.",
    }),
    insecureSkipVerify: z.boolean().optional().meta({
      description: "Accepts any certificate. Anybody on the network path can then read and change what is sent.",
      default: false,
    }),
  })
  .meta({
    id: "Tls",
    description:
      "How the certificate of a host is checked. `{}` uses the authorities that the computer running Pulumi trusts.",
    examples: [{ fingerprintSha256: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c" }],
    exclusive: [["caCertificate", "fingerprintSha256", "insecureSkipVerify"]],
  });

/** How to reach a host. Only `host` is part of a service's identity: a change of the others never touches the service. */
export const connectionSchema = z
  .strictObject({
    type: words("ConnectionType", {
      ssh: "log in to a Linux or Windows host over SSH",
      winrm: "log in to a Windows host over WinRM",
      local: "the computer that runs Pulumi",
    })
      .optional()
      .meta({
        description:
          "How to connect. A connection that sets another type than the provider's inherits only what both types have, and not the port.",
        default: "ssh",
      }),
    host: hostName.optional().meta({
      description:
        "Which machine it is. A change replaces the service: it is deleted on the old machine, then created on the new one.",
      unset: "the `host` of the provider's connection",
      examples: ["edi1"],
    }),
    ...loginSchema.shape,
    port: port.optional().meta({
      description: "TCP port of the SSH server or of WinRM.",
      unset: "22; for `winrm` 5985, or 5986 with `tls`",
    }),
    user: line.optional().meta({ description: "Login name.", unset: "`root`; for `winrm` `Administrator`" }),
    become: becomeSchema.optional().meta({
      description: "For Linux: how to get root's rights after the login, when the login itself is not root.",
    }),
    jump: jumpSchema.optional().meta({ description: "A jump host, through which the connection goes." }),
    authentication: words("WinRmAuthentication", {
      ntlm: "NTLMv2, which encrypts the messages even without TLS",
      basic: "the password itself, for local accounts, over TLS only",
    })
      .optional()
      .meta({
        description: "For `winrm`: how to log in. Kerberos, CredSSP and client certificates are not supported.",
        default: "ntlm",
      }),
    tls: tlsSchema.optional().meta({
      description: "For `winrm`: connect over HTTPS, and how to check the certificate of the host.",
      unset: "plain HTTP, except on port 5986",
    }),
    connectTimeoutSeconds: seconds.min(1, "must be at least 1").optional().meta({
      description: "Time limit for making the connection, retries included.",
      unit: "seconds",
      default: 30,
    }),
    suspended: line.optional().meta({
      description:
        "Why the machine must not be contacted. Its services stay in the state as they are; creating and deleting one fails.",
      examples: ["being rebuilt until Friday"],
    }),
  })
  .meta({
    id: "Connection",
    description:
      "How to reach a host. Only `host` is part of a service's identity: a new key, password, address or jump host never touches a service. Settings of the resource override those of the provider, property by property.",
    examples: [
      {
        host: "edi1",
        address: "edi1.example.com",
        user: "deploy",
        privateKeyFile: "~/.ssh/id_ed25519",
        become: { method: "sudo" },
      },
    ],
    exclusive: exclusiveInLogin,
  });

/** Groups of properties with the same purpose: setting one of a group overrides the others in the defaults. */
export const alternatives: readonly (readonly string[])[] = [
  ["privateKey", "privateKeyFile", "agentSocket"],
  ["passphrase", "passphraseEnv"],
  ["password", "passwordEnv"],
  ["hostKey", "knownHosts", "knownHostsFile"],
];

type ConnectionType = Required<Connection>["type"];

/** The types that have a property of a connection; every type has the properties that are not listed. */
export const typesOf: Readonly<Record<string, readonly ConnectionType[]>> = {
  ...Object.fromEntries(Object.keys(loginSchema.shape).map((name) => [name, ["ssh"]])),
  ...Object.fromEntries(["address", "port", "user", "password", "passwordEnv"].map((name) => [name, ["ssh", "winrm"]])),
  become: ["ssh", "local"],
  jump: ["ssh"],
  authentication: ["winrm"],
  tls: ["winrm"],
};

/** The properties of the lower connection that the upper one inherits. */
export function inherited(below: Connection, above: Connection): Connection {
  const superseded = alternatives.filter((group) => group.some((name) => name in above)).flat();
  const { type } = above;
  const isOther = typeof type === "string" && type !== (below.type ?? "ssh");
  const goes = (name: string) => superseded.includes(name) || (isOther && (name === "port" || !has(type, name)));
  return Object.fromEntries(Object.entries(below).filter(([name]) => !goes(name)));
}

const has = (type: ConnectionType, name: string) => typesOf[name]?.includes(type) ?? true;

/** Merges connections property by property; a later one overrides earlier ones. */
export function mergeConnections(...layers: (Connection | undefined)[]): Connection {
  return layers.reduce<Connection>((below, above = {}) => ({ ...inherited(below, above), ...above }), {});
}

export type Connection = z.infer<typeof connectionSchema>;
export type Login = z.infer<typeof loginSchema>;
export type Become = z.infer<typeof becomeSchema>;
