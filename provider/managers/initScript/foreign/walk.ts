import type { UnmappedLine } from "../../../../model/service";
import { BOILERPLATE, isTalk, PREPARING } from "./boilerplate";
import { Builtins, DEEPEST, oneLine, type Surroundings } from "./builtins";
import { expandText, expandWord, type Field } from "../../common/shell/expand";
import { redirect, withoutOperators, type Launch } from "./launch";
import { signalsSent, type Sent } from "./signals";
import { STARTERS } from "./starters";
import { parseShell, type Command, type Redirection } from "../../common/shell/syntax";

/** A program by its name alone, where it lies in a folder of the system. */
const inSystem = (program: string) => program.replace(/^(?:\/usr(?:\/local)?)?\/s?bin\//, "");

/** What a script does for an action, as far as that can be told without running it: the programs that it starts, the signals that it sends. */
export class Walk extends Builtins {
  readonly launches: Launch[] = [];
  /** Commands that could be the daemon, if nothing else is: not put into the background. */
  readonly foreground: Launch[] = [];
  readonly sent: Sent[] = [];
  /** Commands beside the start of the daemon. */
  readonly lost: UnmappedLine[] = [];
  /** Where it writes a pid, and pid files in options of its commands. */
  pidFile: Field | undefined;
  readonly pidFiles: Field[] = [];
  /** It starts the program again by itself. */
  loops = false;
  /** What a command around this one has said of the daemon: `su USER -c "…"`. */
  private base: Launch | undefined;

  constructor(
    around: Surroundings,
    private readonly action: string,
  ) {
    super(around);
    this.positional.push({ text: action });
    this.list(parseShell(around.text));
  }

  get variables(): ReadonlyMap<string, Field> {
    return this.state.variables;
  }

  protected simple(command: Command & { kind: "simple" }): boolean | undefined {
    const assignments = command.assignments.map(({ name, value }) => ({ name, value: expandText(value, this.scope) }));
    const fields = command.words.flatMap((word) => expandWord(word, this.scope));
    const [program, ...args] = fields;
    if (program === undefined) {
      for (const { name, value } of assignments) this.assign(name, value);
      return true;
    }
    this.notePidFile(command);
    const name = inSystem(program.text);
    const builtin = program.unknown === undefined ? this.builtin(name, args, command) : false;
    if (builtin !== false) return builtin === "done" ? undefined : builtin === "true";
    const body = this.functions.get(program.text);
    if (body) return this.call(body, fields);
    const pidFile = args[args.findIndex(({ text }) => text === "-p" || text === "--pidfile") + 1];
    if (pidFile && pidFile !== args[0]) this.pidFiles.push(pidFile);
    const sent = signalsSent(name, args);
    if (sent) this.sent.push({ ...sent, source: oneLine(command.source) });
    const launch = this.newLaunch(command, assignments);
    this.starts(fields, launch, command);
    return undefined;
  }

  private newLaunch(command: Command, assignments: { name: string; value: Field }[]): Launch {
    const { base, state } = this;
    const environment = new Map(base?.environment);
    if (!base) {
      for (const name of state.exported) {
        const value = state.variables.get(name);
        if (value) environment.set(name, value);
      }
    }
    for (const { name, value } of assignments) environment.set(name, value);
    const { workingDirectory, umask } = state;
    return {
      ...(workingDirectory && { workingDirectory }),
      ...(umask && { umask }),
      ...base,
      ...(workingDirectory && base && { workingDirectory }),
      ...(umask && base && { umask }),
      argv: [],
      source: base?.source ?? oneLine(command.source),
      file: base?.file ?? this.file,
      environment,
      background: this.background || base?.background === true,
      lost: [...(base?.lost ?? [])],
    };
  }

  /** Follows a command through those that start others (`su`, `nohup`, start-stop-daemon) to the program. */
  private starts(fields: Field[], launch: Launch, command: Command & { kind: "simple" }): void {
    let words = fields;
    let viaStarter = this.base !== undefined;
    this.redirect(launch, command.redirections);
    for (let steps = 0; steps < DEEPEST; steps++) {
      const [program, ...args] = words;
      if (program === undefined) return;
      const name = inSystem(program.text);
      const starter = program.unknown === undefined && Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
      if (!starter) return this.plain(words, launch, command, viaStarter);
      const next = starter(args, launch);
      if (next.kind === "nothing") return;
      if (next.kind === "program") return void this.launches.push({ ...launch, argv: next.argv });
      if (next.kind === "shell") return this.nested(next.text, next.args ?? [], launch);
      viaStarter ||= !["exec", "command", "action"].includes(name);
      words = next.words;
    }
  }

  /** A program that is called by itself: the daemon, a helper, or of no account. */
  private plain(words: Field[], launch: Launch, command: Command, viaStarter: boolean): void {
    const [program] = words;
    if (program!.text === this.around.script && program!.unknown === undefined) return;
    const name = inSystem(program!.text);
    if (program!.unknown === undefined && (BOILERPLATE.has(name) || isTalk(name))) return;
    const argv = withoutOperators(words, launch);
    if (this.inLoop && (launch.background || this.background)) this.loops = true;
    if (launch.background || viaStarter) return void this.launches.push({ ...launch, argv });
    const isProgram =
      program!.unknown !== undefined || program!.text.includes("/") || this.find(program!.text) !== undefined;
    if (isProgram && !this.inTest && !PREPARING.has(name)) this.foreground.push({ ...launch, argv });
    this.lose(command.source);
  }

  /** Text that another shell takes: of `su -c`, `sh -c`, or Red Hat's `daemon`. */
  private nested(text: Field, args: Field[], launch: Launch): void {
    if (text.unknown !== undefined) {
      this.launches.push({ ...launch, argv: [text] });
      return;
    }
    const outer = { base: this.base, state: this.state, positional: this.positional, background: this.background };
    this.base = launch;
    const variables = new Map([...launch.environment].map(([name, value]) => [name, value]));
    const { workingDirectory, umask } = launch;
    this.state = {
      ...{ variables, exported: new Set(variables.keys()) },
      ...(workingDirectory && { workingDirectory }),
      ...(umask && { umask }),
    };
    this.positional = args.length > 0 ? args : [{ text: "sh" }];
    this.depth += 1;
    try {
      if (this.depth <= DEEPEST) this.list(parseShell(text.text));
    } catch {
      this.launches.push({ ...launch, argv: [{ text: "", unknown: text.text }] });
    }
    this.depth -= 1;
    Object.assign(this, outer);
  }

  private redirect(launch: Launch, redirections: readonly Redirection[]): void {
    for (const { operator, descriptor, target } of [...this.redirections, ...redirections]) {
      if (operator.startsWith("<")) continue;
      const to = expandText(target, this.scope);
      const copy = operator === ">&" && /^\d$|^-$/.test(to.text);
      const both = operator === "&>" || (operator === ">&" && !copy);
      redirect(launch, both ? "&" : String(descriptor), copy ? { text: `&${to.text}` } : to);
    }
  }

  /** `echo $! > FILE`, `pidofproc PROGRAM > FILE`. */
  private notePidFile(command: Command & { kind: "simple" }): void {
    const words = command.words.map(({ source }) => source).join(" ");
    for (const { operator, descriptor, target } of command.redirections) {
      if (!operator.startsWith(">") || descriptor !== 1) continue;
      const path = expandText(target, this.scope);
      const isPid = /\$!|^(?:pidofproc|pidof|pgrep)\b/.test(words) || path.text.endsWith(".pid");
      if (!isPid || !path.text.startsWith("/") || path.text.startsWith("/dev/")) continue;
      this.pidFile = path;
      const last = this.launches.at(-1);
      if (last && words.includes("$!")) last.pidFile ??= path;
    }
  }

  protected lose(source: string): void {
    if (this.action !== "start" || this.inTest) return;
    const line = oneLine(source);
    if (!this.lost.some((entry) => entry.line === line)) this.lost.push({ file: this.file, line });
  }
}
