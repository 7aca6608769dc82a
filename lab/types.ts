/** The service managers that the lab can boot. Each is an entry in `kinds.ts`. */
export type HostKind = "systemd" | "sysvinit" | "openrc";

/** Options of a new host. */
export interface HostOptions {
  kind: HostKind;
  /** Host name, unique among the running hosts. Default: the kind and a few random letters. */
  name?: string;
  /** With Bots 3.3.1 in `/opt/bots` and an environment in `/srv/bots`. Default: true. */
  bots?: boolean;
  /** Additional Debian packages. Their services are disabled. Default: none. */
  packages?: string[];
  /** Keeps running after this process has exited, until somebody stops it. Default: false. */
  keep?: boolean;
  /** Programs that are hidden before it boots (`flock` becomes `flock.taken-away`), as on old and small hosts. */
  without?: string[];
}

/** How to reach a host, and what is on it. All of this is in the host's record. */
export interface HostFacts {
  name: string;
  kind: HostKind;
  address: "127.0.0.1";
  /** The port of its sshd. */
  port: number;
  /** The ed25519 host key in the form of `connection.hostKey`: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** All host keys: ed25519, ecdsa, rsa. */
  hostKeys: string[];
  machineId: string;
  /** Its file system, as a directory on this computer. */
  root: string;
  /** A key that every login accepts: the OpenSSH private key and its public line. */
  privateKey: string;
  publicKey: string;
  /** The same private key as a file, for `ssh -i`. */
  privateKeyFile: string;
  /** Login and sudo password of `deploy`. The other logins have no password. */
  deployPassword: string;
  /** The ports of Bots in `/srv/bots`, and free ports for tests. No other host of the lab uses them. */
  ports: { web: number; queue: number; engine: number; spare: number[] };
  bots: boolean;
}

export interface RunOptions {
  /** Standard input of the command. */
  input?: string;
  /** Kills it after this many milliseconds and throws. Default: 60 000. */
  timeout?: number;
  /** The user. Default: root. */
  user?: string;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A booted host. Logins: `root`, `deploy` (sudo with password), `ops` (sudo without), `plain` (no sudo). */
export interface LabHost extends HostFacts {
  /** Runs a shell command as root inside the host without SSH, so that a test sees the host independently. */
  run(command: string, options?: RunOptions): Promise<RunResult>;
  /** The number of SSH connections that sshd has accepted since the host was created. Compare it before and after. */
  connections(): Promise<number>;
  /** sshd's log (LogLevel VERBOSE): logins, their keys, refusals. */
  sshLog(): Promise<string>;
  /** Reboots in an orderly way and waits until everything is up again. */
  reboot(): Promise<void>;
  /** Kills every process at once, like a power failure, and boots again. */
  powerCycle(): Promise<void>;
  /** Kills the host and removes every trace of it. Calling it twice is fine. */
  stop(): Promise<void>;
}
