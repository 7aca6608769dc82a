import { z } from "zod";
import { hostName, line, port, seconds, secretText } from "./text";

/** Another user's rights after the login. */
export const becomeSchema = z
  .strictObject({
    method: z
      .enum(["sudo", "none"])
      .optional()
      .describe("How to become another user: `sudo`, or `none` (the default)."),
    user: line.optional().describe("Whom to become. Default: root."),
    password: secretText
      .optional()
      .describe("The password that sudo asks for. It goes through the program's standard input."),
    passwordEnv: line.optional().describe("The environment variable, where Pulumi runs, that holds sudo's password."),
  })
  .meta({ id: "Become" });

/** What it takes to log in on one machine, with or without another one in between. */
const login = {
  address: hostName.optional().describe("How to reach the machine: a DNS name or an address. Default: `host`."),
  port: port.optional().describe("TCP port of the SSH server. Default: 22."),
  user: line.optional().describe("Login name. Default: root."),
  privateKey: secretText
    .optional()
    .describe("Private key: the text of the file, in OpenSSH or PEM form (PKCS#1, SEC1, PKCS#8)."),
  privateKeyFile: line
    .optional()
    .describe(
      "Path of the private key on the computer that runs Pulumi, looked up when connecting; `~/` is the home folder.",
    ),
  passphrase: secretText.optional().describe("Opens the private key."),
  passphraseEnv: line.optional().describe("The environment variable that holds the passphrase."),
  password: secretText.optional().describe("Password of the login."),
  passwordEnv: line.optional().describe("The environment variable that holds the password, looked up when connecting."),
  agentSocket: line
    .optional()
    .describe("Socket of the SSH agent. Default: `SSH_AUTH_SOCK`, looked up when connecting."),
  hostKey: line.optional().describe("The machine's public host key, `ssh-ed25519 AAAA…`: no other one is accepted."),
  knownHosts: z.string().min(1, "must not be empty").optional().describe("Text of a known_hosts file."),
  knownHostsFile: line.optional().describe("Path of a known_hosts file. Default: `~/.ssh/known_hosts`."),
  legacyAlgorithms: z
    .boolean()
    .optional()
    .describe(
      "Offers a server the algorithms of OpenSSH before 6.7, too, as the last choice: SHA-1 key exchanges, CBC ciphers, MD5, DSA host keys. An RSA key signs with SHA-1 for a server that announces nothing better, with or without this. Default: false.",
    ),
};

/** A machine in between. */
export const jumpSchema = z
  .strictObject({
    host: hostName.describe("Name of the machine in between."),
    ...login,
  })
  .meta({ id: "Jump" });

/** How to reach a host. None of it but `host` is part of a service: a change never touches one. */
export const connectionSchema = z
  .strictObject({
    type: z
      .enum(["ssh", "local"])
      .optional()
      .describe("`ssh` (the default), or `local`: the machine that runs Pulumi."),
    host: hostName.optional().describe("Which machine it is: a change replaces what is on it."),
    ...login,
    become: becomeSchema
      .optional()
      .describe("How to get the rights that a service manager asks for, when the login is not root."),
    jump: jumpSchema.optional().describe("A machine in between, through which the connection goes."),
    connectTimeoutSeconds: seconds
      .min(1, "must be at least 1")
      .optional()
      .describe("The whole budget for a connection in seconds, retries included. Default: 30."),
    suspended: line
      .optional()
      .describe(
        "The machine is not to be contacted, and why. Its services stay in the state as they are; nothing is changed.",
      ),
  })
  .meta({ id: "Connection" });

/** Ways to say one thing: who says one of them has no use for another one in the defaults. */
export const alternatives: readonly (readonly string[])[] = [
  ["privateKey", "privateKeyFile", "agentSocket"],
  ["passphrase", "passphraseEnv"],
  ["password", "passwordEnv"],
  ["hostKey", "knownHosts", "knownHostsFile"],
];

/** Connections in layers, each over the ones before it, property by property. */
export function mergeConnections(...layers: (Connection | undefined)[]): Connection {
  return layers.reduce<Connection>((below, above = {}) => {
    const superseded = alternatives.filter((group) => group.some((name) => name in above)).flat();
    const kept = Object.entries(below).filter(([name]) => !superseded.includes(name));
    return { ...(Object.fromEntries(kept) as Connection), ...above };
  }, {});
}

export type Connection = z.infer<typeof connectionSchema>;
export type Login = Omit<z.infer<typeof jumpSchema>, "host">;
export type Become = z.infer<typeof becomeSchema>;
