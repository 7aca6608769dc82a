import type { Input } from "@pulumi/pulumi";

/** Another user's rights after the login. */
export interface Become {
  /** How to become another user: `sudo`, or `none` (the default). */
  method?: Input<"sudo" | "none">;
  /** Whom to become. Default: root. */
  user?: Input<string>;
  /** The password that sudo asks for. It goes through the program's standard input, never through an argument. */
  password?: Input<string>;
  /** The environment variable, where Pulumi runs, that holds sudo's password. */
  passwordEnv?: Input<string>;
}

/** What it takes to log in on one machine. */
export interface Login {
  /** How to reach the machine: a DNS name or an address. Default: `host`. */
  address?: Input<string>;
  /** TCP port of the SSH server. Default: 22. */
  port?: Input<number>;
  /** Login name. Default: root. */
  user?: Input<string>;
  /** Private key: the text of the file, in OpenSSH or PEM form (PKCS#1, SEC1, PKCS#8). */
  privateKey?: Input<string>;
  /** Path of the private key on the computer that runs Pulumi, looked up when connecting: never stored. `~/` is the home folder. */
  privateKeyFile?: Input<string>;
  /** Opens the private key. */
  passphrase?: Input<string>;
  /** The environment variable that holds the passphrase, looked up when connecting. */
  passphraseEnv?: Input<string>;
  /** Password of the login. */
  password?: Input<string>;
  /** The environment variable that holds the password, looked up when connecting. */
  passwordEnv?: Input<string>;
  /** Socket of the SSH agent. Default: `SSH_AUTH_SOCK`, looked up when connecting. */
  agentSocket?: Input<string>;
  /** The machine's public host key, `ssh-ed25519 AAAA…`: no other one is accepted. */
  hostKey?: Input<string>;
  /** Text of a known_hosts file (sshd(8)). */
  knownHosts?: Input<string>;
  /** Path of a known_hosts file. Default: `~/.ssh/known_hosts`. */
  knownHostsFile?: Input<string>;
  /**
   * Offers a server the algorithms of OpenSSH before 6.7, too, as the last choice: SHA-1 key exchanges, CBC ciphers, MD5,
   * DSA host keys. They are weak: for a machine that knows nothing better. The host key is checked all the same. An RSA
   * key signs with SHA-1 for a server that announces nothing better, with or without this. Default: false.
   */
  legacyAlgorithms?: Input<boolean>;
}

/** A machine in between, through which the connection goes. */
export interface Jump extends Login {
  /** Name of the machine in between. */
  host: Input<string>;
}

/**
 * How to reach a host. Only `host` is part of what a resource is; a new key, password, address or jump host never
 * touches a service.
 */
export interface Connection extends Login {
  /** `ssh` (the default), or `local`: the machine that runs Pulumi. */
  type?: Input<"ssh" | "local">;
  /** Which machine it is. A change replaces what is on it: removed there first, then created here. */
  host?: Input<string>;
  /** How to get the rights that a service manager asks for, when the login is not root. */
  become?: Input<Become>;
  /** A machine in between, through which the connection goes. */
  jump?: Input<Jump>;
  /** The whole budget for making a connection, in seconds, retries included. Default: 30. */
  connectTimeoutSeconds?: Input<number>;
  /** The machine is not to be contacted, and why. Its services stay in the state as they are, and nothing is changed. */
  suspended?: Input<string>;
}
