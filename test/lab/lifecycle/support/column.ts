import type { HostKind, LabHost } from "../../../../lab";
import type { Values } from "../../../../model/props";
import type { ManagerName } from "../../../../model/service";

/** A service that somebody has made by hand in the way of this manager. */
export interface HandMade {
  /** Its files, by path; scripts are executable. */
  files: Record<string, string>;
  /** Shell: makes it start at boot, and starts it. */
  start: string;
  /** What an import must find. */
  inputs: Values;
}

/** Something that a person does to the files of a service, and with what the properties begin at which a read shows it. */
export interface Edit {
  what: string;
  shell: (name: string) => string;
  found: string[];
}

/** For managers that keep secrets in a file that only root may read. */
export const readableSecrets: Edit = {
  what: "the file of the secrets, made readable for others",
  shell: (name) => `chmod 644 /etc/pulumi-bots/${name}.env`,
  found: ["unmapped"],
};

/** One manager on one kind of host: all that the cases have to know of it. A new one gets every case. */
export interface Column {
  /** For people: "lsb on systemd". */
  name: string;
  kind: HostKind;
  manager: ManagerName;
  /** What the host needs before anything else. */
  prepare?: (host: LabHost) => Promise<void>;
  /** Cases that the lifecycle alone decides run here: where a definition is data, and where it is a program. */
  leads?: boolean;
  /**
   * Of a column that does most things as another one does: the properties of which a change is tried, because it takes another
   * way here. The provider is killed in moves alone.
   */
  ownChanges?: readonly string[];
  /** Is it the one that a new service gets there when nobody says which? */
  usual: boolean;
  /** Other managers of the same host, to which and from which a service is moved; each pair stands in one column. */
  neighbours: ManagerName[];
  /** The file that holds the definition. */
  file: (name: string) => string;
  /** Shell, as an administrator of such a host types it. */
  start: (name: string) => string;
  stop: (name: string) => string;
  disable: (name: string) => string;
  /** Shell: removes the definition, and what the manager has to be told then; the process lives on. */
  remove: (name: string) => string;
  /** Shell: ends with 0 when it starts at boot. */
  enabled: (name: string) => string;
  /** Can it tell a program that has ended by itself from one that was stopped? */
  knowsFailures: boolean;
  /** Logs that the manager itself writes, and keeps when a service has gone. */
  ownLogs?: RegExp;
  /** Variables that the manager itself gives to every service. */
  ownVariables: RegExp;
  edits: Edit[];
  /** Options of its own, and a shell that ends with 0 when they have arrived. */
  options: { values: Values; arrived: (name: string) => string };
  handMade?: (name: string) => HandMade;
  /** Names that it does not take. */
  badNames: string[];
}
