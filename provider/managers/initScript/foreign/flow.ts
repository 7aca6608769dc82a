import { expandText, expandWord, globPattern, type Field, type Scope } from "../../common/shell/expand";
import type { Word } from "../../common/shell/lexer";
import { copyOf, merged, type State } from "./state";
import type { Command, List, Redirection } from "../../common/shell/syntax";

const MOST_STEPS = 20_000;

/** Goes through a script as a shell would. Where a condition can't be told, it takes both ways. */
export abstract class Flow {
  protected state: State = { variables: new Map(), exported: new Set() };
  protected readonly functions = new Map<string, Command>();
  protected readonly redirections: Redirection[] = [];
  /** Within a list that ends with `&`; in a loop without an end that is known; in a condition, where commands are questions. */
  protected background = false;
  protected inLoop = false;
  protected inTest = false;
  /** Patterns of `case "$1"`: the actions that the script knows. */
  readonly actions = new Set<string>();
  private steps = 0;

  protected abstract positional: Field[];
  protected abstract get scope(): Scope;
  /** Its truth, where that is known. */
  protected abstract simple(command: Command & { kind: "simple" }): boolean | undefined;

  protected list(list: List): boolean | undefined {
    let result = true as boolean | undefined;
    for (const { pipelines, background } of list) {
      if (this.state.flow) return undefined;
      const outer = this.background;
      this.background ||= background;
      for (const { join, negated, commands } of pipelines) {
        if (join === "&&" && result === false) continue;
        if (join === "||" && result === true) continue;
        const last = () => {
          let answer: boolean | undefined;
          // What is piped into another command is a question to a program, or the daemon with its log.
          const outer = this.inTest;
          for (const [i, command] of commands.entries()) {
            this.inTest = outer || i < commands.length - 1;
            answer = this.command(command);
          }
          this.inTest = outer;
          result = answer === undefined || commands.length > 1 ? undefined : answer !== negated;
        };
        if (join !== "" && result === undefined) {
          this.ways([last, () => undefined]);
          result = undefined;
        } else last();
        if (this.state.flow) break;
      }
      this.background = outer;
    }
    return result;
  }

  /** Takes each way from the same state. */
  protected ways(alternatives: (() => void)[]): void {
    const before = this.state;
    const after = alternatives.map((alternative) => {
      this.state = copyOf(before);
      alternative();
      return this.state;
    });
    this.state = merged(after);
  }

  protected command(command: Command): boolean | undefined {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new Error("it is too intricate");
    switch (command.kind) {
      case "simple":
        return this.simple(command);
      case "function":
        this.functions.set(command.name, command.body);
        return true;
      case "group": {
        const { workingDirectory } = this.state;
        const result = this.within(command.redirections, () => this.list(command.body));
        if (command.subshell) {
          this.state.flow = undefined;
          if (workingDirectory) this.state.workingDirectory = workingDirectory;
          else delete this.state.workingDirectory;
        }
        return result;
      }
      case "if":
        return this.conditional(command.branches, command.otherwise);
      case "case":
        return this.choice(command.word, command.branches);
      case "loop":
        this.within(command.redirections, () => this.loop(command));
        return undefined;
    }
  }

  /** A `for` goes through its words; how often another loop goes round can't be told. Each round may be left out: by `break`. */
  private loop({ condition, variable, words, body }: Command & { kind: "loop" }): void {
    const round = () => this.ways([() => this.list(body), () => undefined]);
    if (variable !== undefined) {
      const values = words.flatMap((word) => expandWord(word, this.scope));
      for (const value of values) {
        this.state.variables.set(variable, value);
        round();
      }
      return;
    }
    this.question(condition);
    const outer = this.inLoop;
    this.inLoop = true;
    round();
    this.inLoop = outer;
  }

  private within<T>(redirections: readonly Redirection[], run: () => T): T {
    this.redirections.push(...redirections);
    try {
      return run();
    } finally {
      this.redirections.length -= redirections.length;
    }
  }

  private question(condition: List): boolean | undefined {
    const outer = this.inTest;
    this.inTest = true;
    const truth = this.list(condition);
    this.inTest = outer;
    return truth;
  }

  private conditional(branches: { condition: List; body: List }[], otherwise: List): undefined {
    const [first, ...rest] = branches;
    if (!first) {
      this.list(otherwise);
      return;
    }
    const truth = this.question(first.condition);
    if (this.state.flow) return;
    const body = () => void this.list(first.body);
    const next = () => void this.conditional(rest, otherwise);
    if (truth === undefined) this.ways([body, next]);
    else (truth ? body : next)();
  }

  private choice(word: Word, branches: { patterns: Word[]; body: List }[]): undefined {
    const value = expandText(word, this.scope);
    const patterns = branches.map((branch) =>
      branch.patterns.map((pattern) => ({
        pattern: expandText(pattern, this.scope),
        plain: pattern.parts.every((part) => part.kind !== "text" || !part.quoted),
      })),
    );
    if (/^"?\$\{?1\b/.test(word.source)) {
      for (const { pattern } of patterns.flat()) if (pattern.unknown === undefined) this.actions.add(pattern.text);
    }
    if (value.unknown === undefined) {
      const fits = patterns.map((all) =>
        all.some(({ pattern: { text, unknown }, plain }) =>
          unknown === undefined && plain
            ? new RegExp(`^(?:${globPattern(text)})$`).test(value.text)
            : text === value.text,
        ),
      );
      const hit = branches[fits.indexOf(true)];
      if (hit) this.list(hit.body);
      return;
    }
    const bodies = branches.map((branch) => () => void this.list(branch.body));
    this.ways([...bodies, () => undefined]);
  }
}
