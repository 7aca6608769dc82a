/** What runs as process 1 and starts services. */
export type InitSystem = "systemd" | "upstart" | "openrc" | "sysvinit" | "unknown";

/** What a host is, read in the same process as everything else. */
export interface HostFacts {
  /** /etc/machine-id: another one under the same name means that the machine was built anew. */
  machineId: string;
  hostName: string;
  /** Seconds since boot, when the facts were read. */
  uptime: number;
  init: InitSystem;
  /** The same in words, for errors: "systemd 252", "no init system that is known (process 1 is bash)". */
  initText: string;
  /** 0 without systemd. */
  systemdVersion: number;
  /** Such as "1.13.2"; empty without upstart. */
  upstartVersion: string;
  /** Whose start-stop-daemon(8) there is: dpkg's has options that OpenRC's and BusyBox's lack. */
  startStopDaemon: "dpkg" | "other" | "none";
  /** Of the helpers that matter, those that are there: curl, wget, python3, flock, systemd-analyze, sha256sum, … */
  tools: ReadonlySet<string>;
  /** The effective user of our scripts. */
  uid: number;
}

/** The answer to a read: facts, what the fragment emitted for this name (`NAME/KEY`, here without `NAME/`), and for all. */
export interface Reading {
  facts: HostFacts;
  fields: ReadonlyMap<string, string>;
  shared: ReadonlyMap<string, string>;
}
