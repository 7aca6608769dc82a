import type { Field, Reason, Value } from "./state";

/** A program that the script starts or may start, and what the script passes to it. Undefined: inherited from the script. */
export interface Launch {
  argv: readonly Field[];
  /** How the script starts it is uncertain. */
  reason?: Reason | undefined;
  /** How the script starts it: with a starter or in the background, or like a helper that does its work and exits. */
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

/** What a starter adds to the state of the script. */
export interface Start {
  stays?: boolean;
  reason?: Reason | undefined;
  user?: Value | undefined;
  group?: Value | undefined;
  environment?: Reason | undefined;
  variables?: ReadonlyMap<string, Value>;
}
