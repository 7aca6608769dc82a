/**
 * A named action on a host: POSIX shell code that runs in a subshell of the operation's shell, which has read the prelude. A
 * non-zero exit code is a failure, and its stderr goes into the error. Names are short and for people: they appear in progress
 * messages and errors ("write files", "daemon-reload").
 */
export interface Step {
  name: string;
  script: string;
  /** Prints no progress message, for a step that only reads or cleans up. */
  quiet?: boolean;
  /** The arguments of this step ("$@"). Default: none. */
  args?: readonly string[];
  /** The block continues when this step fails. */
  lenient?: boolean;
}

/** POSIX shell code that reads the state of all names in "$@" and prints it with the prelude's `emit`. It changes nothing. */
export interface Fragment {
  /** Reads of one host with the same fragment name share one remote process. */
  name: string;
  script: string;
}

/** The fields that scripts returned by `emit KEY VALUE`. */
export type Fields = ReadonlyMap<string, string>;

export interface StepFailure {
  step: string;
  code: number;
  stderr: string;
}

/** The result of one step. */
export interface StepResult {
  fields: Fields;
  stderr: string;
  failure?: StepFailure;
}

export interface RunResult {
  /** Names of the steps that succeeded, in order. */
  done: string[];
  failed?: StepFailure;
  /** The fields of all steps. */
  fields: Fields;
  /** The stderr of all steps, including successful ones. */
  stderr: string;
  /** The result of each step that ran. */
  results: StepResult[];
}

/** A file that is written to a host as a whole. */
export interface HostFile {
  path: string;
  content: string;
  owner: string;
  group: string;
  /** Four octal digits, such as "0644". */
  mode: string;
  /** Whether it holds secrets. If so, neither its content nor its hash is shown. */
  secret?: boolean;
}

/** A failed step, with the host's error message. */
export function describeFailure({ step, code, stderr }: StepFailure): string {
  return `"${step}" failed: ${stderr.trim() || `exit code ${code}`}`;
}
