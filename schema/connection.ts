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

/** How to reach a host. Only `host` is part of a service's identity: a change of the others never touches the service. */
export const connectionSchema = z
  .strictObject({
    type: words("ConnectionType", {
      ssh: "log in over SSH",
      local: "the computer that runs Pulumi",
    })
      .optional()
      .meta({ description: "How to connect.", default: "ssh" }),
    host: hostName.optional().meta({
      description:
        "Which machine it is. A change replaces the service: it is deleted on the old machine, then created on the new one.",
      unset: "the `host` of the provider's connection",
      examples: ["edi1"],
    }),
    ...loginSchema.shape,
    become: becomeSchema.optional().meta({
      description: "How to get root's rights after the login, when the login itself is not root.",
    }),
    jump: jumpSchema.optional().meta({ description: "A jump host, through which the connection goes." }),
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

/** Merges connections property by property; a later one overrides earlier ones, and their {@link alternatives}. */
export function mergeConnections(...layers: (Connection | undefined)[]): Connection {
  return layers.reduce<Connection>((below, above = {}) => {
    const superseded = alternatives.filter((group) => group.some((name) => name in above)).flat();
    const kept = Object.entries(below).filter(([name]) => !superseded.includes(name));
    return { ...(Object.fromEntries(kept) as Connection), ...above };
  }, {});
}

export type Connection = z.infer<typeof connectionSchema>;
export type Login = z.infer<typeof loginSchema>;
export type Become = z.infer<typeof becomeSchema>;
