import type { Definition, Observation } from "../../../model/service";

/** A file of the host that the reading goes by. */
export interface ScriptFile {
  path: string;
  text: string;
  /** Not every user of the host may read it. */
  isPrivate: boolean;
}

/**
 * What can be said of a program without running it: advice for people, and hints which processes are the service's. What is
 * not certain is left out, or in `observed` with the reason.
 */
export interface ProgramReading {
  observed: Observation[];
  /**
   * Absolute paths of the programs that the start runs, or may run: those in the background or by a starter first. Those that
   * it runs like any helper are there only where there are no others. Empty: not known.
   */
  programs: string[];
  /** argv of the daemon, where it is one program and all of its words are certain. */
  command?: string[];
  /** Pid files that the script or its header names, where the path is certain; below `/run`, which is `/var/run` too. */
  pidFiles: string[];
  /** The user that the start surely changes to. */
  user?: string;
  /** It may start more than one program, or none that can be told. */
  ambiguous: boolean;
}

/** What an OpenRC service says that is data: plain assignments and dependencies, whose daemon stays in the foreground. */
export interface OpenrcData {
  definition: Definition;
  /** Lines that no property covers. */
  rest: { file: string; line: string }[];
}
