import { forEachChild } from "unbash";
import type * as sh from "unbash";
import { runCommand } from "./commands";
import { redirect } from "./redirections";
import { Shell } from "./shell";
import { unknown, type Field, type Reason, type Value } from "./state";
import { expandAssignment, expandText, expandWord } from "./words";

const SPECIAL = new Set(
  ". : eval exec export readonly set shift source trap unset return exit break continue times".split(" "),
);

/** Follows the path that the shell takes, as far as that path is certain. */
export class Interpreter extends Shell {
  #andOr({ commands: [first, ...rest], operators }: sh.AndOr): void {
    this.node(first!);
    rest.forEach((node, i) => {
      if (this.state.halted) return;
      const wanted = operators[i] === "&&";
      if (this.status === wanted) this.node(node);
      else if (typeof this.status !== "boolean") this.either(() => this.node(node));
    });
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
    else this.either(() => this.list(then), rest);
  }

  #case(word: Value, [item, ...rest]: readonly sh.CaseItem[]): void {
    if (!item || this.state.halted) return;
    if (item.terminator !== undefined && item.terminator !== ";;")
      return this.lose(this.reason("a case falls through"));
    const verdicts = item.pattern.map((pattern) => this.#matches(word, pattern));
    if (verdicts.includes(true)) return this.list(item.body);
    if (!verdicts.includes(undefined)) return this.#case(word, rest);
    this.status = word.reason?.ofHost === true ? "host" : "unsure";
    this.either(
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
    this.spend(words.length);
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
      const { file, line } = this.value("");
      this.assign(node.name, { ...value, file, line });
    }
  }

  /** `NAME=value command`: exported to a program. After a function, shells differ in whether the value stays. */
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

  list({ commands }: { commands: readonly sh.Statement[] }): void {
    for (const statement of commands) {
      if (this.state.halted) return;
      this.at(statement);
      if (statement.background === true) this.inCopy(() => this.node(statement.command), true);
      else this.node(statement.command);
    }
  }

  node(node: sh.PipelineNode | sh.AndOr): void {
    this.at(node);
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
        this.state.functions.set(node.name.value, { node, source: this.source });
        return;
      case "If":
        return this.#if(node.clause, node.then, node.elif, node.else);
      case "Case":
        return this.#case(expandText(node.word, this), node.items);
      case "For":
        node.wordlist?.forEach((word) => expandWord(word, this));
        return this.loop(() => {
          this.state.forget(node.name.value, this.reason("it is set by a loop"));
          this.list(node.body);
        });
      case "While":
        return this.loop(() => {
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
        return this.loop(() => {
          forEachChild(node, (child) => child.type !== "CompoundList" && this.survey(child));
          this.list(node.body);
        });
      default:
        return this.lose(this.reason(`${node.type.toLowerCase()} is not read`));
    }
  }

  /** Finds side effects in words that are not evaluated: substitutions, `${NAME:=…}`, `$((NAME=…))`. */
  survey(node: sh.SyntaxNode): void {
    this.spend(1);
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
}
