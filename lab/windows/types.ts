import type { RunResult } from "../types";
import type { WinRmControl, WinRmServerOptions } from "./control";
import type { LoginShell } from "./ssh/loginShells";

/** What a caller may choose about a Windows host. */
export interface WindowsOptions {
  /** Its name, unique among the running hosts. Default: made up. */
  name?: string;
  /** With NSSM 2.24-101 as `C:\tools\nssm.exe`. Default: false. */
  nssm?: boolean;
  /** Goes on after this process has ended, until somebody stops it. Default: false. */
  keep?: boolean;
  /** What its WinRM service does. */
  winRm?: WinRmServerOptions;
  /** The login shell of its SSH service. Default: cmd. */
  shell?: LoginShell;
}

/** How to reach a Windows host: all of it is written to the host's record. */
export interface WindowsFacts {
  name: string;
  kind: "windows";
  address: "127.0.0.1";
  /** Where its WinRM service listens: http, or https when `winRm.tls` is set. */
  port: number;
  user: string;
  password: string;
  machineId: string;
  /** Its drive C:, as a folder of this computer. */
  root: string;
  winRm: WinRmServerOptions;
  /** Its SSH service, for the same user and password. */
  ssh: {
    port: number;
    shell: LoginShell;
    /** As a `connection.hostKey` wants it: `ssh-ed25519 AAAA…`. */
    hostKey: string;
    /** A key that the login accepts: OpenSSH private key, the same as a file, and its public line. */
    privateKey: string;
    privateKeyFile: string;
    publicKey: string;
  };
  /** Ports that are free for tests. No other host of the lab uses them. */
  ports: { spare: number[] };
}

export interface WindowsRunOptions {
  /** Standard input of the program. */
  input?: string;
  environment?: Record<string, string>;
  /** Ends it after so many milliseconds, with an error. Default: 60 000. */
  timeout?: number;
}

/** A booted Windows host: Wine, with its own registry, service control manager and services. */
export interface WindowsHost extends WindowsFacts {
  /** What its WinRM service tells of itself, and what a test asks of it. */
  winRmService: WinRmControl;
  /** Runs a command line, past WinRM, so that a test has a view of its own. A program of `C:\windows\system32` needs no path. */
  run(line: string, options?: WindowsRunOptions): Promise<RunResult>;
  /** The state of each service by its name, such as `RUNNING`, past WinRM. */
  services(): Promise<Record<string, string>>;
  /** Ends everything and boots again. The registry is saved. */
  reboot(): Promise<void>;
  /** Pulls the plug: every process is killed at once. Then boots again. The registry loses what is younger than half a minute. */
  powerCycle(): Promise<void>;
  /** Kills it and removes every trace. Twice is fine. */
  stop(): Promise<void>;
}
