import { sameName, type RegistryKey } from "../registry/values";
import type { WindowsFacts } from "../facts";

/** States of a service (SERVICE_STATUS in winsvc.h), as Win32_Service names them. */
export type ScmState =
  | "Stopped"
  | "Start Pending"
  | "Stop Pending"
  | "Running"
  | "Continue Pending"
  | "Pause Pending"
  | "Paused"
  | "Unknown";

/** A service as the service control manager knows it. */
export interface ScmService {
  name: string;
  displayName: string;
  state: ScmState;
  /** The command line, as in ImagePath. */
  imagePath: string;
  account: string;
  /** 0 when it does not run. */
  pid: number;
  exitCode: number;
  /** Counts when `exitCode` is 1066. */
  specificExitCode: number;
}

/** A process of the host. */
export interface Process {
  pid: number;
  parent: number;
  /** Of the executable, without its folder. */
  name: string;
  /** Seconds since boot when it was created. */
  created: number;
}

/** A TCP port on which a process listens. */
export interface Listener {
  address: string;
  port: number;
  pid: number;
}

/** All that a host has of one service. */
export interface ServiceRecord {
  name: string;
  facts: WindowsFacts;
  /** Undefined when there is no such service. */
  scm: ScmService | undefined;
  /** The keys below `Services\NAME`, by their path below it in lower case; the service's own key has the path "". */
  keys: ReadonlyMap<string, RegistryKey>;
  /** The provider's keys of the service while a change has not settled, by their path below `services\\NAME` alike. */
  own: ReadonlyMap<string, RegistryKey>;
  /** The processes of the host. */
  processes: readonly Process[];
  /** Why the host does not tell its processes. */
  blind?: string;
  /** A warning about how it was read. */
  remark?: string;
}

/** The key of a service, below HKEY_LOCAL_MACHINE. */
export const serviceKey = (name: string): string => `SYSTEM\\CurrentControlSet\\Services\\${name}`;

const OWN = "SOFTWARE\\pulumi-bots";
/** The provider's key of a service while a change has not settled: what is pending, and the backup. */
export const ownKey = (name: string): string => `${OWN}\\services\\${name}`;
/** The claim of the operation on a service. */
export const claimKey = (name: string): string => `${OWN}\\claims\\${name}`;
/** Copies of services that somebody else made. */
export const keptKey = (name: string): string => `${OWN}\\kept\\${name}`;

/** The path of a key with its hive, as people know it. */
export const inHive = (path: string): string => `HKEY_LOCAL_MACHINE\\${path}`;

/** The child processes of a process, and theirs. A parent that is younger than its child is another process with its pid. */
export function descendants(processes: readonly Process[], pid: number): Process[] {
  const parent = processes.find((one) => one.pid === pid);
  if (parent === undefined) return [];
  const found: Process[] = [];
  for (let level = [parent]; level.length > 0;) {
    const known = new Set([pid, ...found.map((one) => one.pid)]);
    level = processes.filter((one) => {
      const above = level.find((candidate) => candidate.pid === one.parent);
      return above !== undefined && one.created >= above.created && !known.has(one.pid);
    });
    found.push(...level);
  }
  return found;
}

/** The service with a name, whatever its case. */
export const withName = <T extends { name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => sameName(one.name, name));
