/**
 * One named thing to do on a host: a piece of POSIX shell, run in a subshell of the operation's shell with the prelude of
 * `host/` at hand. It fails by returning non-zero; what it wrote to stderr goes into the error. Names are short and
 * for people: they appear in progress messages and errors ("write files", "daemon-reload").
 */
export interface Step {
  name: string;
  script: string;
  /** It only looks or tidies up: no progress message. */
  quiet?: boolean;
}

/** A piece of POSIX shell that reads state for all names in "$@" and prints it with the prelude's `emit`. Changes nothing. */
export interface Fragment {
  /** Reads of one host with the same fragment name share one remote process. */
  name: string;
  script: string;
}

/** What scripts gave back by `emit KEY VALUE`. */
export type Fields = ReadonlyMap<string, string>;

/** A file to be put on a host, whole. */
export interface HostFile {
  path: string;
  content: string;
  owner: string;
  group: string;
  /** Octal, four digits: "0644". */
  mode: string;
  /** Holds secrets: its hash is not shown and it is never printed. */
  secret?: boolean;
}
