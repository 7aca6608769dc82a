import { forEachChild, parse } from "unbash";
import type * as sh from "unbash";
import { runCommand } from "./commands";
import type { Launch, Start } from "./launch";
import { redirect } from "./redirections";
import { State, unknown, type Field, type Reason, type Source, type Value } from "./state";
import { expandAssignment, expandText, expandWord, type Context } from "./words";

/** More is not read: no init script of a service is that long. */
const MAX_TEXT = 128 * 1024;
const MAX_HERE_DOCUMENTS = 300;
const MAX_STEPS = 150_000;
const MAX_DEPTH = 40;

/** The text is no script that can be read, or too much of one. */
export class Unreadable extends Error {}

/** How a command ended: for certain; or it hangs on the host, or on something that somebody sets. */
export type Status = boolean | "host" | "unsure";

export interface Options {
  isBash: boolean;
  flavour: "dpkg" | "openrc";
  /** The files that were read, by path. */
  files: ReadonlyMap<string, { path: string; text: string; isPrivate: boolean }>;
}

/** Goes the way that the shell goes, as far as that is certain, and notes which programs it starts. Nothing is run. */
export class Interpreter implements Context {
  state = new State();
  status: Status = true;
  readonly launches: Launch[] = [];
  readonly pidFiles: Value[] = [];
  readonly isBash: boolean;
  /** Red Hat's functions were read: then `daemon` is one of them. */
  usesFunctions = false;
  #source: Source = { file: "", secret: false };
  #line = 1;
  #depth = 0;
  #steps = 0;
  #unsure: Reason | undefined;
  #background = false;
  #returns: State[] = [];

  constructor(readonly options: Options) {
    this.isBash = options.isBash;
  }

  get positional(): readonly Field[] {
    return this.state.positional;
  }

  get ifs(): Reason | undefined {
    return this.state.ifs;
  }

  /** What is started now runs in the background. */
  get inBackground(): boolean {
    return this.#background;
  }

  reason(why: string, ofHost = false): Reason {
    return { why, file: this.#source.file, line: this.#line, ...(ofHost && { ofHost }) };
  }

  /** A text that the script itself says, here. */
  value(text: string): Value {
    return { text, file: this.#source.file, line: this.#line, ...(this.#source.secret && { secret: true }) };
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

  /** Why the rest could not be read, where that is so. Half of a script tells nothing. */
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

  /** A whole file in the shell that is there: the script itself, or one that it reads with `.`. */
  runFile(path: string, text: string, isPrivate: boolean): void {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#within({ file: path, secret: isPrivate, starts }, () => this.#asFunction(() => this.#parsed(text)));
  }

  /** Text that stands in the script as a word: of `eval`, `sh -c`. */
  runText(text: string): void {
    this.#within({ file: this.#source.file, secret: this.#source.secret }, () => this.#parsed(text));
  }

  /** In a shell of its own, of which nothing remains but what it started. */
  inCopy(run: () => void, background = this.#background): void {
    const { state } = this;
    const outer = this.#background;
    this.#spend(state.size);
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
    this.#within({ ...found.source }, () =>
      this.#asFunction(() => (body.type === "CompoundList" ? this.list(body) : this.node(body))),
    );
    this.state.positional = positional;
    return true;
  }

  /** `return` and `exit` end this path; others may go on. */
  halt(how: "return" | "exit"): void {
    if (how === "return") this.#returns.push(this.state.copy());
    this.state.halted = how;
  }

  /** Something happens that is not read: it may have set anything and started anything. */
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
      ...{ argv, file: this.#source.file, line: this.#line },
      ...{ cwd: state.cwd, umask: state.umask, stdout: state.stdout, stderr: state.stderr },
      ...{ user: state.user, group: state.group, ...start, variables },
      stays: start.stays ?? this.#background,
      reason: start.reason ?? this.#unsure ?? state.doubt ?? state.functionDoubt,
      environment: start.environment ?? state.environment,
    });
    this.status = "host";
  }

  list({ commands }: { commands: readonly sh.Statement[] }): void {
    for (const statement of commands) {
      if (this.state.halted) return;
      this.#at(statement);
      if (statement.background === true) this.inCopy(() => this.node(statement.command), true);
      else this.node(statement.command);
    }
  }

  node(node: sh.PipelineNode | sh.AndOr): void {
    this.#at(node);
    switch (node.type) {
      case "Command":
        return this.#command(node);
      case "AndOr":
        return this.#andOr(node);
      case "Pipeline":
        return this.#pipeline(node);
      case "BraceGroup":
        return this.list(node.body);
      case "Subshell":
        return this.inCopy(() => this.list(node.body));
      case "Redirected":
        return this.#redirected(node.redirects, () => this.node(node.command));
      case "Function":
        this.state.functions.set(node.name.value, { node, source: this.#source });
        return;
      case "If":
        return this.#if(node.clause, node.then, node.elif, node.else);
      case "Case":
        return this.#case(expandText(node.word, this), node.items);
      case "For":
        node.wordlist?.forEach((word) => expandWord(word, this));
        return this.#loop(() => {
          this.state.forget(node.name.value, this.reason("it is set by a loop"));
          this.list(node.body);
        });
      case "While":
        return this.#loop(() => {
          this.list(node.clause);
          this.list(node.body);
        });
      case "TestCommand":
        this.survey(node.expression);
        this.status = "unsure";
        return;
      case "ArithmeticCommand":
        if (!this.isBash) return this.lose(this.reason("(( is only known to some shells"));
        this.survey(node);
        this.status = "unsure";
        return;
      case "ArithmeticFor":
        if (!this.isBash) return this.lose(this.reason("for (( is only known to some shells"));
        return this.#loop(() => {
          forEachChild(node, (child) => child.type !== "CompoundList" && this.survey(child));
          this.list(node.body);
        });
      default:
        return this.lose(this.reason(`${node.type.toLowerCase()} is not read`));
    }
  }

  /** Looks for what words that are not read run and set by the way: substitutions, `${NAME:=…}`, `$((NAME=…))`. */
  survey(node: sh.SyntaxNode): void {
    this.#spend(1);
    if (node.type === "CommandExpansion" || node.type === "ProcessSubstitution") {
      const { script } = node;
      if (!script || script.errors?.length) return this.lose(this.reason("a substitution can't be read"));
      return this.inCopy(() => {
        const before = this.launches.length;
        this.list(script);
        const reason = this.reason("it is run in a substitution");
        for (const launch of this.launches.slice(before)) launch.reason ??= reason;
      });
    }
    const reason = this.reason("it is set by an expansion");
    if (node.type === "ParameterExpansion") {
      if (node.operation?.type !== "Default" || node.operation.operator.endsWith("="))
        this.state.forget(node.parameter, reason);
    } else if (node.type === "ArithmeticWord") {
      for (const [name] of node.value.matchAll(/[A-Za-z_]\w*/g)) this.state.forget(name, reason);
    } else if (node.type === "Assignment") this.state.forget(node.name, reason);
    forEachChild(node, (child) => this.survey(child));
  }

  #parsed(text: string): void {
    const here = text.split("<<", MAX_HERE_DOCUMENTS + 1).length > MAX_HERE_DOCUMENTS;
    if (text.length > MAX_TEXT || here) throw new Unreadable("it is too long to be read");
    let script: sh.ParsedScript;
    try {
      script = parse(text);
    } catch {
      throw new Unreadable("it is nested too deeply to be read");
    }
    const [error] = script.errors ?? [];
    if (error) throw new Unreadable(`it can't be read as a shell script: ${error.message}`);
    this.list(script);
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new Unreadable("it is too long to be read");
  }

  #at({ pos }: { pos: number }): void {
    this.#spend(1);
    const { starts } = this.#source;
    if (!starts) return;
    let low = 0;
    for (let high = starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= pos) low = middle;
      else high = middle;
    }
    this.#line = low + 1;
  }

  #within(source: Source, run: () => void): void {
    const outer = { source: this.#source, line: this.#line };
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("it is nested too deeply to be read");
    this.#source = source;
    run();
    this.#depth -= 1;
    this.#source = outer.source;
    this.#line = outer.line;
  }

  /** `return` in it ends it: afterwards it is as after any of its ends. */
  #asFunction(run: () => void): void {
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

  #andOr({ commands: [first, ...rest], operators }: sh.AndOr): void {
    this.node(first!);
    rest.forEach((node, i) => {
      if (this.state.halted) return;
      const wanted = operators[i] === "&&";
      if (this.status === wanted) this.node(node);
      else if (typeof this.status !== "boolean") this.#either(() => this.node(node));
    });
  }

  /** One of the ways is gone, and it is not certain which one. */
  #either(one: () => void, other: () => void = () => undefined, why?: Reason): void {
    const isUnsure = this.status === "unsure";
    const reason = why ?? this.reason("it depends on a condition", !isUnsure);
    const outer = this.#unsure;
    const before = this.state;
    this.#spend(before.size * 2);
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

  #if(clause: sh.CompoundList, then: sh.CompoundList, elifs: readonly sh.Elif[], otherwise?: sh.CompoundList): void {
    this.list(clause);
    if (this.state.halted) return;
    const [elif, ...more] = elifs;
    const rest = () => {
      if (elif) this.#if(elif.clause, elif.then, more, otherwise);
      else if (otherwise) this.list(otherwise);
    };
    if (this.status === true) this.list(then);
    else if (this.status === false) rest();
    else this.#either(() => this.list(then), rest);
  }

  #case(word: Value, [item, ...rest]: readonly sh.CaseItem[]): void {
    if (!item || this.state.halted) return;
    if (item.terminator !== undefined && item.terminator !== ";;")
      return this.lose(this.reason("a case falls through"));
    const verdicts = item.pattern.map((pattern) => this.#matches(word, pattern));
    if (verdicts.includes(true)) return this.list(item.body);
    if (!verdicts.includes(undefined)) return this.#case(word, rest);
    this.status = word.reason?.ofHost === true ? "host" : "unsure";
    this.#either(
      () => this.list(item.body),
      () => this.#case(word, rest),
      word.reason,
    );
  }

  #matches(word: Value, pattern: sh.Word): boolean | undefined {
    if (pattern.parts?.length === 1 && pattern.text === "*") return true;
    const value = expandText(pattern, this);
    const isPattern = pattern.parts?.some((part) => part.type === "Glob") === true;
    const isOpen = pattern.parts?.some((part) => part.type.endsWith("Expansion")) && /[*?[\\]/.test(value.text);
    if (word.reason || value.reason || isPattern || isOpen) return undefined;
    return word.text === value.text;
  }

  /** What a loop touches is not known, in it and after it: nobody knows how often it runs, and how it ends. */
  #loop(body: () => void): void {
    const reason = this.reason("it depends on a loop");
    const outer = this.#unsure;
    this.#unsure ??= reason;
    for (const isFirst of [true, false]) {
      const before = this.state;
      const started = this.launches.length;
      this.#spend(before.size * 2);
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

  #pipeline({ commands, operators, prefixes }: sh.Pipeline): void {
    if (prefixes.some(({ type }) => type === "Time") && !this.isBash) return this.lose(this.reason("time is not read"));
    if (commands.length === 1) this.node(commands[0]!);
    else {
      commands.forEach((command, i) =>
        this.inCopy(() => {
          const reason = this.reason("it goes through a pipe");
          if (i < commands.length - 1) this.state.stdout = unknown(reason);
          if (operators[i] === "|&") this.state.stderr = unknown(reason);
          if (operators[i] === "|&" && !this.isBash) return this.lose(this.reason("|& is only known to some shells"));
          this.node(command);
        }),
      );
    }
    const negated = prefixes.filter(({ type }) => type === "Negation").length % 2 === 1;
    if (negated && typeof this.status === "boolean") this.status = !this.status;
  }

  #redirected(redirections: readonly sh.Redirection[], run: (reason?: Reason) => void): void {
    const { stdout, stderr } = this.state;
    const reason = redirect(redirections, this);
    run(reason);
    this.state.stdout = stdout;
    this.state.stderr = stderr;
  }

  #command(node: sh.Command): void {
    const words = node.name ? expandWord(node.name, this) : [];
    for (const one of node.suffix) {
      if (one.type === "Word") words.push(...expandWord(one, this));
      else if (one.type === "Assignment") words.push(expandAssignment(one, this));
    }
    const assignments = node.prefix.filter((one): one is sh.Assignment => one.type === "Assignment");
    if (words.length === 0) {
      this.status = true;
      for (const assignment of assignments) this.#assign(assignment);
      redirect(node.redirects, this, true);
      return;
    }
    const isExec = words[0]!.text === "exec" && words.length === 1 && assignments.length === 0;
    if (isExec) {
      redirect(node.redirects, this);
      this.status = true;
    } else this.#redirected(node.redirects, (reason) => this.#prefixed(words, assignments, reason));
  }

  #assign(node: sh.Assignment): void {
    if (node.value.type !== "Word" || node.index !== undefined || node.append === true) {
      this.survey(node);
      this.state.forget(node.name, this.reason("arrays and += are not read"));
    } else {
      const value = expandText(node.value, this);
      if (value.reason) this.status = "host";
      this.assign(node.name, { ...value, file: this.#source.file, line: this.#line });
    }
  }

  /** `NAME=value command`: for a program it is exported; what becomes of it afterwards is certain for no function. */
  #prefixed(words: readonly Field[], assignments: readonly sh.Assignment[], reason?: Reason): void {
    if (assignments.length === 0) return runCommand(this, words, reason);
    const names = assignments.map(({ name }) => name);
    const before = names.map((name) => [name, this.state.variables.get(name), this.state.exported.has(name)] as const);
    const { ifs, environment } = this.state;
    const isOwn = this.state.functions.has(words[0]!.text) || SPECIAL.has(words[0]!.text);
    const differ = this.reason("shells differ in what an assignment before a command does");
    for (const assignment of assignments) {
      this.#assign(assignment);
      this.state.exported.add(assignment.name);
    }
    if (isOwn) this.state.environment = differ;
    runCommand(this, words, reason);
    for (const [name, value, exported] of before) {
      if (!exported) this.state.exported.delete(name);
      if (value && !isOwn) this.state.variables.set(name, value);
      else if (isOwn) this.state.forget(name, differ);
      else this.state.variables.delete(name);
    }
    if (!isOwn) this.state.ifs = ifs;
    if (!isOwn) this.state.environment ??= environment;
  }
}

/** Variables that are in the environment already when a script starts. */
const INHERITED = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|PWD|RUNLEVEL|PREVLEVEL|RC_\w+)$/;
const SPECIAL = new Set(
  ". : eval exec export readonly set shift source trap unset return exit break continue times".split(" "),
);
