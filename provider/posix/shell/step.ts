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
  /** "$@" of this step. Default: none. */
  args?: readonly string[];
  /** The block goes on when it fails. */
  lenient?: boolean;
}

/** A piece of POSIX shell that reads state for all names in "$@" and prints it with the prelude's `emit`. Changes nothing. */
export interface Fragment {
  /** Reads of one host with the same fragment name share one remote process. */
  name: string;
  script: string;
}

/** What scripts gave back by `emit KEY VALUE`. */
export type Fields = ReadonlyMap<string, string>;

export interface StepFailure {
  step: string;
  code: number;
  stderr: string;
}

/** What came of one step. */
export interface StepResult {
  fields: Fields;
  stderr: string;
  failure?: StepFailure;
}

export interface RunResult {
  /** Names of the steps that ran to their end with 0, in order. */
  done: string[];
  failed?: StepFailure;
  /** What all steps gave back. */
  fields: Fields;
  /** What the steps wrote to stderr, good ones too. */
  stderr: string;
  /** Step by step, as far as the block came. */
  results: StepResult[];
}

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

/** A step that failed, in the host's own words. */
export function describeFailure({ step, code, stderr }: StepFailure): string {
  return `"${step}" failed: ${stderr.trim() || `exit code ${code}`}`;
}
