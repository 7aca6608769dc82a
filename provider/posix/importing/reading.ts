import type { Definition, Observation } from "../../../model/service";

/** A file on the host that the result depends on. */
export interface ScriptFile {
  path: string;
  text: string;
  /** Not every user of the host can read the file. */
  isPrivate: boolean;
}

/**
 * What is known about a program without running it: advice for people, and hints about which processes belong to the service.
 * Uncertain values are left out, or are in `observed` with the reason.
 */
export interface ProgramReading {
  observed: Observation[];
  /**
   * Absolute paths of the programs that the start action runs or may run. Programs in the background or behind a starter come
   * first; programs that it runs like helpers are listed only if there are no others. Empty: not known.
   */
  programs: string[];
  /** The daemon's argv, if there is one program and all of its words are certain. */
  command?: string[];
  /** Pid files that the script or its header names, if the path is certain; with `/run` for `/var/run`. */
  pidFiles: string[];
  /** The user that the start action certainly changes to. */
  user?: string;
  /** It may start several programs, or none that can be identified. */
  ambiguous: boolean;
}

/** An OpenRC service whose script is data: plain assignments and dependencies, with a daemon that stays in the foreground. */
export interface OpenrcData {
  definition: Definition;
  /** Lines that no property covers. */
  rest: { file: string; line: string }[];
}
