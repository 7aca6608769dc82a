import { parse } from "unbash";
import type * as sh from "unbash";
import type { Launch, Start } from "./launch";
import { State, Unreadable, unknown, type Field, type Reason, type Source, type Value } from "./state";
import type { Context } from "./words";

/** Longer scripts are not parsed: no init script of a service is that long. */
const MAX_TEXT = 128 * 1024;
/** Constructs for which the parser takes quadratic time: here-documents and old-style arithmetic. */
const MARKS = ["<<", "$["];
const MAX_MARKS = 300;
const MAX_STEPS = 60_000;
const MAX_DEPTH = 40;

/** How a command ended: certain, or dependent on the host, or dependent on something that somebody sets. */
export type Status = boolean | "host" | "unsure";

export interface Options {
  isBash: boolean;
  flavour: "dpkg" | "openrc";
  /** The files whose text is known, by path. */
  files: ReadonlyMap<string, { path: string; text: string; isPrivate: boolean }>;
}

/** The state of the shell while a script is evaluated, and the programs that the script may start. Nothing is executed. */
export abstract class Shell implements Context {
  state = new State();
  status: Status = true;
  readonly launches: Launch[] = [];
  readonly pidFiles: Value[] = [];
  readonly isBash: boolean;
  /** The script sourced Red Hat's functions, so `daemon` is one of them. */
  usesFunctions = false;
  protected source: Source = { file: "", secret: false };
  #line = 1;
  #depth = 0;
  #steps = 0;
  #unsure: Reason | undefined;
  #background = false;
  #returns: State[] = [];

  constructor(readonly options: Options) {
    this.isBash = options.isBash;
  }

  abstract list(list: { commands: readonly sh.Statement[] }): void;
  abstract node(node: sh.PipelineNode | sh.AndOr): void;
  abstract survey(node: sh.SyntaxNode): void;

  get positional(): readonly Field[] {
    return this.state.positional;
  }

  get ifs(): Reason | undefined {
    return this.state.ifs;
  }

  /** Programs that are started now run in the background. */
  get inBackground(): boolean {
    return this.#background;
  }

  reason(why: string, ofHost = false): Reason {
    const { file, secret } = this.source;
    return { why, file, line: this.#line, ...(ofHost && { ofHost }), ...(secret && { secret }) };
  }

  /** A text from the script itself, at the current place. */
  value(text: string): Value {
    return { text, file: this.source.file, line: this.#line, ...(this.source.secret && { secret: true }) };
  }

  lookup(name: string): Value {
    const { positional, variables } = this.state;
    if (/^[1-9]\d*$/.test(name)) {
      const before = positional.slice(0, Number(name));
      return before.find((field) => field.many) ?? before[Number(name) - 1] ?? this.value("");
    }
    if (name === "#" && !positional.some((field) => field.many)) return this.value(String(positional.length));
    const isOfHost = /^(\W|\d+|U?E?UID|P?PID|HOSTNAME|RANDOM|SECONDS|PWD|LINENO)$/.test(name);
    return variables.get(name) ?? unknown(this.reason(`$${name} is not set by the script`, isOfHost));
  }

  assign(name: string, value: Value): void {
    this.state.variables.set(name, value);
    if (name === "IFS") this.state.ifs = this.reason("IFS was changed");
  }

  /** Why the rest could not be parsed, if so. Half of a script proves nothing. */
  attempt(run: () => void): string | undefined {
    try {
      run();
      return undefined;
    } catch (error) {
      if (!(error instanceof Unreadable) && !(error instanceof RangeError)) throw error;
      this.launches.length = 0;
      this.pidFiles.length = 0;
      this.state = new State();
      return error instanceof Unreadable ? error.message : "it is nested too deeply to be read";
    }
  }

  /** Runs a whole file in the current shell: the script itself, or a file that it sources with `.`. */
  runFile(path: string, text: string, isPrivate: boolean, firstLine = 1): void {
    const starts = [...Array<number>(firstLine - 1).fill(-1), 0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.within({ file: path, secret: isPrivate, starts }, () => this.asFunction(() => this.#parsed(text)));
  }

  /** Runs text that is a word of the script, for `eval` and `sh -c`. */
  runText(text: string, isSecret = false): void {
    const { file, secret } = this.source;
    this.within({ file, secret: secret || isSecret }, () => this.#parsed(text));
  }

  /** Evaluates something that may or may not happen. */
  maybe(run: () => void): void {
    this.status = "unsure";
    this.either(run);
  }

  /** Evaluates in a subshell, of which only the started programs remain. */
  inCopy(run: () => void, background = this.#background): void {
    const { state } = this;
    const outer = this.#background;
    this.spend(state.size);
    this.state = state.copy();
    this.#background = background;
    run();
    this.#background = outer;
    this.state = state;
    this.status = "host";
  }

  call(name: string, args: readonly Field[]): boolean {
    const found = this.state.functions.get(name);
    if (!found) return false;
    if ("why" in found) {
      this.lose(found);
      return true;
    }
    const { positional } = this.state;
    this.state.positional = args;
    const { body } = found.node;
    this.within({ ...found.source }, () =>
      this.asFunction(() => (body.type === "CompoundList" ? this.list(body) : this.node(body))),
    );
    this.state.positional = positional;
    return true;
  }

  /** `return` and `exit` end this path; other paths may go on. */
  halt(how: "return" | "exit"): void {
    if (how === "return") this.#returns.push(this.state.copy());
    this.state.halted = how;
  }

  /** Something happens that can't be evaluated: it may set any variable and start any program. */
  lose(reason: Reason, argv: readonly Field[] = []): void {
    this.launch(argv, { reason });
    this.state.forgetAll(reason);
    this.status = "unsure";
  }

  launch(argv: readonly Field[], start: Start = {}): void {
    const { state } = this;
    const variables = new Map(start.variables);
    for (const name of state.exported) if (!variables.has(name)) variables.set(name, this.lookup(name));
    for (const [name, value] of state.variables) {
      if (!INHERITED.test(name) || variables.has(name)) continue;
      variables.set(name, { ...value, reason: this.reason("exported only where the caller exports it") });
    }
    this.launches.push({
      ...{ argv, file: this.source.file, line: this.#line },
      ...{ cwd: state.cwd, umask: state.umask, stdout: state.stdout, stderr: state.stderr },
      ...{ user: state.user, group: state.group, ...start, variables },
      stays: start.stays ?? this.#background,
      reason: start.reason ?? this.#unsure ?? state.doubt ?? state.functionDoubt,
      environment: start.environment ?? state.environment,
    });
    this.status = "host";
  }

  #parsed(text: string): void {
    const isMany = MARKS.some((mark) => text.split(mark, MAX_MARKS + 1).length > MAX_MARKS);
    if (text.length > MAX_TEXT || isMany) throw new Unreadable("it is too long to be read");
    this.spend(text.length / 20);
    let script: sh.ParsedScript;
    try {
      script = parse(text);
    } catch {
      throw new Unreadable("it is nested too deeply to be read");
    }
    const [error] = script.errors ?? [];
    const detail = this.source.secret ? "" : `: ${error?.message}`;
    if (error) throw new Unreadable(`it can't be read as a shell script${detail}`);
    this.list(script);
  }

  protected spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new Unreadable("it is too long to be read");
  }

  protected at({ pos }: { pos: number }): void {
    this.spend(1);
    const { starts } = this.source;
    if (!starts) return;
    let low = 0;
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= pos) low = middle;
      else high = middle;
    }
    this.#line = low + 1;
  }

  protected within(source: Source, run: () => void): void {
    const outer = { source: this.source, line: this.#line };
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("it is nested too deeply to be read");
    this.source = source;
    run();
    this.#depth -= 1;
    this.source = outer.source;
    this.#line = outer.line;
  }

  /** `return` ends the function: the state afterwards is the merge of all of its ends. */
  protected asFunction(run: () => void): void {
    const { functionDoubt } = this.state;
    const outer = this.#returns;
    this.#returns = [];
    run();
    const reason = this.reason("it depends on where a function returns");
    for (const returned of this.#returns) {
      returned.halted = undefined;
      this.state = this.state.join(returned, reason);
    }
    this.state.functionDoubt = functionDoubt;
    this.#returns = outer;
  }

  /** The shell takes one of several paths, and it is uncertain which one. */
  protected either(one: () => void, other: () => void = () => undefined, why?: Reason): void {
    const isUnsure = this.status === "unsure";
    const reason = why ?? this.reason("it depends on a condition", !isUnsure);
    const outer = this.#unsure;
    const before = this.state;
    this.spend(before.size * 2);
    if (isUnsure) this.#unsure ??= reason;
    this.state = before.copy();
    one();
    const after = this.state;
    this.state = before;
    other();
    this.#unsure = outer;
    const ended = after.halted !== undefined && isUnsure ? after.halted : undefined;
    const otherEnded = this.state.halted !== undefined && isUnsure ? this.state.halted : undefined;
    const joined = this.state.join(after, reason);
    if ((ended ?? otherEnded) === "exit") joined.doubt ??= reason;
    if ((ended ?? otherEnded) === "return") joined.functionDoubt ??= reason;
    this.state = joined;
    this.status = isUnsure ? "unsure" : "host";
  }

  /** Whatever a loop changes is unknown, inside and after it: how often it runs is unknown. */
  protected loop(body: () => void): void {
    const reason = this.reason("it depends on a loop");
    const outer = this.#unsure;
    this.#unsure ??= reason;
    for (const isFirst of [true, false]) {
      const before = this.state;
      const started = this.launches.length;
      this.spend(before.size * 2);
      this.state = before.copy();
      body();
      const after = this.state;
      if (after.halted === "exit") before.doubt ??= reason;
      if (after.halted === "return") before.functionDoubt ??= reason;
      after.halted = undefined;
      this.state = before.join(after, reason);
      for (const [name, value] of after.variables) {
        if (before.variables.get(name) !== value) this.state.forget(name, reason);
      }
      if (isFirst) this.launches.length = started;
    }
    this.#unsure = outer;
    this.status = "unsure";
  }
}

/** Variables that are in the environment when a script starts. */
const INHERITED = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|PWD|RUNLEVEL|PREVLEVEL)$/;
