import type { Field, Reason, Value } from "./state";

/** A program that the script starts, or may start, and what it gets from the script. Undefined: what the script has. */
export interface Launch {
  argv: readonly Field[];
  /** How it is started is not certain. */
  reason?: Reason | undefined;
  /** By a starter or in the background; or like any helper that does its work and ends. */
  stays: boolean;
  file: string;
  line: number;
  cwd?: Value | undefined;
  umask?: Value | undefined;
  stdout?: Value | undefined;
  stderr?: Value | undefined;
  user?: Value | undefined;
  group?: Value | undefined;
  variables: ReadonlyMap<string, Value>;
  environment?: Reason | undefined;
}

/** What a starter adds to what the script has. */
export interface Start {
  stays?: boolean;
  reason?: Reason | undefined;
  user?: Value | undefined;
  group?: Value | undefined;
  environment?: Reason | undefined;
  variables?: ReadonlyMap<string, Value>;
}
