import type { HostFacts, Reading } from "../facts";
import type { Definition, Live, Marker, RunState, StartMode } from "../../../model/service";
import type { Fields, Fragment, HostFile, Step } from "../shell/step";
import type { ManagerRules } from "../../rules";

/** A change of a service. The manager decides on the order and the commands. */
export interface Change {
  name: string;
  /**
   * The definition's files, which are written whole. `remove` lists overrides and files that the new definition no longer
   * has. When `write` is set, the manager reloads its files, even if the list is empty because a rollback restored them.
   */
  write?: { files: HostFile[]; remove: string[] };
  /** The start mode to set, if any. */
  startMode?: StartMode;
  /** `reload` tells the program to read its configuration again, as the definition's `reload` says. */
  action: "none" | "start" | "stop" | "restart" | "reload";
}

/** A change of a service that somebody else defines. */
export type ExistingChange = Pick<Change, "name" | "startMode" | "action">;

/**
 * The files that `detect_manager` found for a name: `unit` (systemd; `yes` for a real unit, not one generated from an init
 * script), `job` (upstart) and `script` (the head of the init script).
 */
export interface Found {
  fields: Fields;
  facts: Pick<HostFacts, "init">;
}

/**
 * A service manager of a POSIX host: its rules, and how to turn a definition into files and steps, and output into live state.
 * It is pure: nothing here touches a host. A definition that is rendered, written and read back parses to the same definition.
 */
export interface Driver extends ManagerRules {
  /** Whether the files found for a name make a service of this manager. */
  claims(found: Found): boolean;
  /** Why this manager can't be used on a host, in words. Undefined when it can. */
  unavailable(facts: HostFacts): string | undefined;
  /** The files of a definition. The first one has the marker. */
  render(name: string, definition: Definition, marker: Marker, facts: HostFacts): HostFile[];
  /** Reads everything `parse` needs, for all names in "$@". */
  readonly fragment: Fragment;
  parse(name: string, reading: Pick<Reading, "fields" | "shared">): Live;
  /** Checks that the host has what the definition needs. Emits `missing`: a line PROPERTY TAB MESSAGE for each missing thing. */
  preflight(definition: Definition): Step;
  /** Has the manager check the files before they are put in place. Fails with the manager's message. */
  verify(name: string, files: readonly HostFile[], facts: HostFacts): Step[];
  steps(change: Change, live: Live, facts: HostFacts): Step[];
  /** Stops, disables and deletes the service with all its records. Works for a service that is already half removed. */
  removal(name: string, live: Live, facts: HostFacts): Step[];
  /**
   * The steps for a service that somebody else defines. They use the manager's commands or the service's own script, with a
   * time limit and detached streams, and write only what makes the service start at boot. The success of a step proves
   * nothing; the processes are checked afterwards. `stop` and `restart` fail while a process of `live` remains.
   */
  existingSteps(change: ExistingChange, live: Live, facts: HostFacts): Step[];
  /** Removes our marker from a definition that stays on the host, without touching the process. */
  releaseSteps(name: string, facts: HostFacts): Step[];
  /** Emits `log`: the last log lines of the service and its manager, for error messages. */
  logStep(name: string, definition: Definition, lines: number): Step;
  /** Emits `processes` and sets `$processes`: the pids of the service, separated by spaces. */
  processesStep(name: string, definition: Definition): Step;
  /** The same for a service that somebody else defines: the observed process and its descendants. */
  existingProcessesStep(name: string, seen: Pick<RunState, "pid" | "incarnation">): Step;
  /** The paths on the host that define a service of this name, whoever wrote them. */
  paths(name: string): string[];
}
