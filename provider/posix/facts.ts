/** The init system: process 1, which starts services. */
export type InitSystem = "systemd" | "upstart" | "openrc" | "sysvinit" | "unknown";

/** Facts about a host. Every remote process that reads something reads them too. */
export interface HostFacts {
  /** /etc/machine-id. A different id under the same name means that the machine was reinstalled or replaced. */
  machineId: string;
  hostName: string;
  /** Seconds since boot, when the facts were read. */
  uptime: number;
  init: InitSystem;
  /** The init system in words, for errors: "systemd 252", "no init system that is known (process 1 is bash)". */
  initText: string;
  /** 0 without systemd. */
  systemdVersion: number;
  /** For example "1.13.2". Empty without upstart. */
  upstartVersion: string;
  /** The origin of start-stop-daemon(8): dpkg's has options that OpenRC's and BusyBox's lack. */
  startStopDaemon: "dpkg" | "other" | "none";
  /** The helper programs that exist, out of curl, wget, python3, flock, systemd-analyze, sha256sum, … */
  tools: ReadonlySet<string>;
  /** The effective user of our scripts. */
  uid: number;
}

/** The answer to a read: facts, and the fragment's fields for this name (`NAME/KEY`, here without `NAME/`) and for all names. */
export interface Reading {
  facts: HostFacts;
  fields: ReadonlyMap<string, string>;
  shared: ReadonlyMap<string, string>;
}
