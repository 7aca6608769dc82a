/** The service managers that the lab can boot. Each is one entry of `kinds.ts`. */
export type HostKind = "systemd" | "sysvinit" | "openrc";

/** What a caller may choose about a host. */
export interface HostOptions {
  kind: HostKind;
  /** Host name, unique among the running hosts. Default: the kind and a few random letters. */
  name?: string;
  /** With Bots 3.3.1 in `/opt/bots` and an environment in `/srv/bots`. Default: true. */
  bots?: boolean;
  /** Debian packages more than every host has. Their services are switched off. Default: none. */
  packages?: string[];
  /** Goes on after this process has ended, until somebody stops it. Default: false. */
  keep?: boolean;
  /** Programs that are moved aside before it boots (`flock` to `flock.taken-away`): old and small hosts lack some. */
  without?: string[];
}

/** How to reach a host, and what to expect there: all of it is written to the host's record. */
export interface HostFacts {
  name: string;
  kind: HostKind;
  address: "127.0.0.1";
  /** Where its sshd listens. */
  port: number;
  /** The ed25519 host key, as a `connection.hostKey` wants it: `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** All its host keys: ed25519, ecdsa, rsa. */
  hostKeys: string[];
  machineId: string;
  /** Its file system, as a folder of this computer. */
  root: string;
  /** A key that every login accepts: OpenSSH private key, and its public line. */
  privateKey: string;
  publicKey: string;
  /** The same private key as a file, for `ssh -i`. */
  privateKeyFile: string;
  /** Login and sudo password of `deploy`. The other logins have none. */
  deployPassword: string;
  /** Ports of Bots in `/srv/bots`, and some that are free for tests. No other host of the lab uses them. */
  ports: { web: number; queue: number; engine: number; spare: number[] };
  bots: boolean;
}

export interface RunOptions {
  /** Standard input of the command. */
  input?: string;
  /** Ends it after so many milliseconds, with an error. Default: 60 000. */
  timeout?: number;
  /** Another user than root. */
  user?: string;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A booted host. Logins: `root`, `deploy` (sudo with password), `ops` (sudo without), `plain` (no sudo). */
export interface LabHost extends HostFacts {
  /** Runs a shell command as root inside the host, past SSH, so that a test has a view of its own. */
  run(command: string, options?: RunOptions): Promise<RunResult>;
  /** How many SSH connections sshd has accepted since the host was made. Take it before and after. */
  connections(): Promise<number>;
  /** What sshd has logged (LogLevel VERBOSE): who came, with which key, what was refused. */
  sshLog(): Promise<string>;
  /** Reboots in an orderly way, and waits until everything is up again. */
  reboot(): Promise<void>;
  /** Pulls the plug: every process is killed at once. Then boots again. */
  powerCycle(): Promise<void>;
  /** Kills it and removes every trace. Twice is fine. */
  stop(): Promise<void>;
}
