import type { ManagerName } from "./service";
import type { Fields } from "./step";

/** What a host is, read in the same process as everything else. */
export interface HostFacts {
  /** /etc/machine-id: another one under the same name means that the machine was built anew. */
  machineId: string;
  hostName: string;
  /** Seconds since boot, when the facts were read. */
  uptime: number;
  /** The service manager found running. */
  manager: ManagerName | "unknown";
  /** What was found instead, in words, when manager is unknown ("sysvinit", "upstart", …). */
  managerFound: string;
  systemdVersion: number;
  /** Of the helpers that matter, those that are there: curl, wget, python3, flock, systemd-analyze, sha256sum, … */
  tools: ReadonlySet<string>;
  /** The effective user of our scripts. */
  uid: number;
}

/** The answer to a read: facts, what the fragment emitted for this name (`NAME/KEY`, here without `NAME/`), and for all. */
export interface Reading {
  facts: HostFacts;
  fields: Fields;
  shared: Fields;
}
