import type { Function as FunctionNode } from "unbash";

/** The text can't be parsed as a script, or is too long. */
export class Unreadable extends Error {}

/** Why something is uncertain, and where. */
export interface Reason {
  why: string;
  file: string;
  line: number;
  /** It depends on the state of the host at that moment (a file, a process), not on a variable that somebody sets. */
  ofHost?: boolean;
  /** It comes from a file that not every user can read. */
  secret?: boolean;
}

/** A text; with a `reason` it is only a guess. */
export interface Value {
  text: string;
  reason?: Reason;
  /** It comes from a file that not every user can read. */
  secret?: boolean;
  file: string;
  line: number;
}

/** A word of a command line. `many`: it may become any number of words. */
export interface Field extends Value {
  many?: boolean;
}

/** A file that is being evaluated. */
export interface Source {
  file: string;
  secret: boolean;
  /** Where its lines begin; undefined for text within text, which counts as the line of its command. */
  starts?: readonly number[];
}

interface ShellFunction {
  node: FunctionNode;
  source: Source;
}

/** The state of the shell at a point of the script, as far as it is certain. Undefined slots: as the caller left them. */
export class State {
  variables = new Map<string, Value>();
  exported = new Set<string>();
  functions = new Map<string, ShellFunction | Reason>();
  positional: readonly Field[] = [];
  /** The environment as a whole is unknown. */
  environment?: Reason | undefined;
  /** The shell no longer splits words at blanks. */
  ifs?: Reason | undefined;
  /** Why it is uncertain whether the script or the function gets here at all. */
  doubt?: Reason | undefined;
  functionDoubt?: Reason | undefined;
  user?: Value | undefined;
  group?: Value | undefined;
  cwd?: Value | undefined;
  umask?: Value | undefined;
  stdout?: Value | undefined;
  stderr?: Value | undefined;
  /** A `return` or `exit` ended this path. */
  halted?: "return" | "exit" | undefined;

  copy(): State {
    const copy = Object.assign(new State(), this);
    copy.variables = new Map(this.variables);
    copy.exported = new Set(this.exported);
    copy.functions = new Map(this.functions);
    return copy;
  }

  /** What a copy costs. */
  get size(): number {
    return 1 + this.variables.size + this.exported.size + this.functions.size;
  }

  /** Forgets everything that was certain; values stay as guesses. */
  forgetAll(reason: Reason): void {
    for (const name of this.variables.keys()) this.forget(name, reason);
    for (const name of this.functions.keys()) this.functions.set(name, reason);
    this.environment = reason;
    this.positional = [unknown(reason)];
    for (const slot of ["cwd", "umask", "stdout", "stderr"] as const) this[slot] = unknown(reason);
  }

  forget(name: string, reason: Reason): void {
    this.variables.set(name, { ...(this.variables.get(name) ?? unknown(reason)), reason });
    if (name === "IFS") this.ifs = reason;
  }

  /** What holds on both paths. A path that has ended does not count. */
  join(other: State, reason: Reason): State {
    if (this.halted || other.halted) return this.halted ? other : this;
    const joined = this.copy();
    for (const name of other.variables.keys()) if (!joined.variables.has(name)) joined.forget(name, reason);
    for (const [name, value] of this.variables) {
      const one = other.variables.get(name);
      if (!same(value, one)) joined.variables.set(name, { ...(value.text ? value : (one ?? value)), reason });
      else if (one?.secret === true) joined.variables.set(name, { ...value, secret: true });
    }
    for (const name of new Set([...this.functions.keys(), ...other.functions.keys()])) {
      if (this.functions.get(name) !== other.functions.get(name)) joined.functions.set(name, reason);
    }
    const exports = new Set([...this.exported, ...other.exported]);
    if (exports.size > Math.min(this.exported.size, other.exported.size)) joined.environment = reason;
    joined.environment ??= other.environment;
    joined.ifs ??= other.ifs;
    joined.doubt ??= other.doubt;
    joined.functionDoubt ??= other.functionDoubt;
    for (const slot of SLOTS) if (!same(this[slot], other[slot])) joined[slot] = unknown(reason);
    const equal = this.positional.every((field, i) => same(field, other.positional[i]));
    if (!equal || this.positional.length !== other.positional.length) joined.positional = [unknown(reason)];
    return joined;
  }
}

const SLOTS = ["cwd", "umask", "stdout", "stderr", "user", "group"] as const;

export const unknown = (reason: Reason): Field => ({
  text: "",
  many: true,
  reason,
  file: reason.file,
  line: reason.line,
  ...(reason.secret && { secret: true }),
});

const same = (one: Value | undefined, other: Value | undefined): boolean =>
  one === other || (one?.text === other?.text && !one?.reason && !other?.reason && one !== undefined && !!other);
