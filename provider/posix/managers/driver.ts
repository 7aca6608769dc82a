import type { HostFacts, Reading } from "../facts";
import type { Definition, Live, Marker, RunState, StartMode } from "../../../model/service";
import type { Fields, Fragment, HostFile, Step } from "../shell/step";
import type { ManagerRules } from "../../rules";

/** What is to be done to a service. The manager knows in which order and with which commands. */
export interface Change {
  name: string;
  /**
   * The definition's files, to be written whole; `remove` are overrides and files that the new definition no longer has.
   * When `write` is given, even with nothing in it (files were put back by a rollback), the manager reads them again.
   */
  write?: { files: HostFile[]; remove: string[] };
  /** Wanted start mode, when it is to be set. */
  startMode?: StartMode;
  /** `reload`: the program is told to read its configuration again, as the definition's `reload` says. */
  action: "none" | "start" | "stop" | "restart" | "reload";
}

/** What is to be done to a service that somebody else defines. */
export type ExistingChange = Pick<Change, "name" | "startMode" | "action">;

/**
 * What `detect_manager` found of a name, and where: `unit` (of systemd; `yes` when it is one of its own, not made of an init
 * script), `job` (upstart) and `script` (the head of the init script).
 */
export interface Found {
  fields: Fields;
  facts: Pick<HostFacts, "init">;
}

/**
 * A service manager of a POSIX host: its rules, and how a definition becomes files and steps and output becomes live state.
 * Pure: nothing here touches a host. What is rendered, written and read back parses to the same definition.
 */
export interface Driver extends ManagerRules {
  /** Is what was found of a name a service of this manager? */
  claims(found: Found): boolean;
  /** Why this manager can't be used on a host, in words; undefined when it can. */
  unavailable(facts: HostFacts): string | undefined;
  /** The files of a definition; the first one carries the marker. */
  render(name: string, definition: Definition, marker: Marker, facts: HostFacts): HostFile[];
  /** Reads everything `parse` needs, for all names in "$@". */
  readonly fragment: Fragment;
  parse(name: string, reading: Pick<Reading, "fields" | "shared">): Live;
  /** Looks on the host for what the definition needs. Emits `missing`: a line PROPERTY TAB MESSAGE for each that is not there. */
  preflight(definition: Definition): Step;
  /** Tries the files out without putting them in place. Fails with the manager's own words. */
  verify(name: string, files: readonly HostFile[], facts: HostFacts): Step[];
  steps(change: Change, live: Live, facts: HostFacts): Step[];
  /** Removes the service: stopped, not at boot, its files gone, nothing remembered. Also right when half of it is gone. */
  removal(name: string, live: Live, facts: HostFacts): Step[];
  /**
   * The steps for a service that somebody else defines, by the manager's own means or the service's own script, bounded in
   * time and with its streams detached. They write nothing but what makes it start at boot. A step's success proves
   * nothing: what the processes say afterwards counts. `stop` and `restart` fail while a process of `live` remains.
   */
  existingSteps(change: ExistingChange, live: Live, facts: HostFacts): Step[];
  /** Takes our marker out of a definition that stays on the host, with no effect on the process. */
  releaseSteps(name: string, facts: HostFacts): Step[];
  /** Emits `log`: the last lines that the service and its manager wrote, for errors. */
  logStep(name: string, definition: Definition, lines: number): Step;
  /** Emits `processes`, and leaves it in `$processes`: the pids of the service, blank-separated. */
  processesStep(name: string, definition: Definition): Step;
  /** The same for a service that somebody else defines: the process that was seen, with all that it has started. */
  existingProcessesStep(name: string, seen: Pick<RunState, "pid" | "incarnation">): Step;
  /** Paths on the host that belong to the definition of a service of this name, ours or not. */
  paths(name: string): string[];
}
