import type { Definition, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../../../model/step";
import { normaliseSignal } from "../../common/signals";
import { definitionOf, parseDepend, unsaid } from "../depend";
import { scriptPath } from "../name";
import { mainProcess, type Candidate } from "../state";
import { parseDaemon, takeRetry, type Daemon } from "./startStopDaemon";
import { parseStatements, type Statement } from "./statements";
import { parseCommand } from "./words";

/** What a script that is not ours says, its settings in /etc/conf.d folded in. */
export interface Foreign {
  definition: Definition;
  unmapped: UnmappedLine[];
  warnings: string[];
}

/** Variables of openrc-run(8) that our own script has no need of, whatever they say. */
const NOT_NEEDED = new Set([
  ...["pidfile", "command_background", "procname", "command_progress", "start_inactive", "extra_started_commands"],
  ...["rc_verbose", "description_reload", "required_files", "required_dirs"],
]);
/** Words that say something to the person who looks on, or hand on a result. */
const TALK = /^(e?begin|eend|einfo|ewarn|eerror|veinfo|vebegin|return|local|true|:|exit|sleep|rm|mark_service_\w+)\b/;

/**
 * Reads a script by its variables and by the daemon command lines in its own functions; what the running process says of
 * its command line counts more. Lines that it can't say in properties come back.
 */
export function parseForeign(
  name: string,
  text: string,
  confs: readonly { path: string; text: string }[],
  fields: Fields,
): Foreign {
  const reader = new Reader(name);
  for (const conf of confs.filter(({ path }) => path === `/etc/conf.d/${name}`)) reader.read(conf.path, conf.text);
  for (const conf of confs.filter(({ path }) => path !== `/etc/conf.d/${name}`)) reader.refuse(conf.path, conf.text);
  reader.read(scriptPath(name), text);
  return reader.result(fields);
}

class Reader {
  readonly #variables: Map<string, string>;
  readonly #exported = new Set<string>();
  /** Variables that were set, each with the place where, as long as nothing has made use of it. */
  readonly #unused = new Map<string, UnmappedLine>();
  readonly #unmapped: UnmappedLine[] = [];
  readonly #warnings: string[] = [];
  readonly #definition: Definition = {};
  #daemon: Daemon = { environment: {}, rest: [] };
  #ownStart = false;

  constructor(readonly name: string) {
    this.#variables = new Map([
      ["RC_SVCNAME", name],
      ["SVCNAME", name],
      ["RC_SERVICE", scriptPath(name)],
    ]);
  }

  refuse(file: string, text: string): void {
    const lines = text.split("\n").map((line) => line.trim());
    this.#unmapped.push(
      ...lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => ({ file, line })),
    );
  }

  read(file: string, text: string): void {
    for (const statement of parseStatements(text)) {
      if (statement.body) this.#function(file, statement, statement.body);
      else if (!this.#assignment(file, statement.text)) this.#lost(file, statement.text);
    }
  }

  #lost(file: string, text: string): void {
    this.#unmapped.push(...text.split("\n").map((line) => ({ file, line: line.trim() })));
  }

  /** `NAME=word`, also several, also after `export`, and `: ${NAME:=word}`. */
  #assignment(file: string, text: string): boolean {
    const [, defaulted, value] = /^:\s+"?\$\{(\w+):?=([^]*)\}"?$/.exec(text) ?? [];
    const line = defaulted === undefined ? text : `${defaulted}="\${${defaulted}:-${value}}"`;
    const isExport = /^export\s/.test(line);
    const rest = line.replace(/^export\s+/, "");
    if (isExport && /^[A-Za-z_]\w*(\s+[A-Za-z_]\w*)*$/.test(rest)) {
      rest.split(/\s+/).forEach((one) => this.#exported.add(one));
      return true;
    }
    const [, name] = /^([A-Za-z_]\w*)=/.exec(rest) ?? [];
    if (name === undefined) return false;
    // In an assignment nothing is split into words.
    const quoted = rest.slice(name.length + 1).replace(/^(\$\{[^}]*\}|\$\w+)/, '"$1"');
    const command = parseCommand(`${quoted}`, this.#variables);
    if (!command || command.words.length > 1 || command.operator !== "") return false;
    this.#variables.set(name, command.words[0] ?? "");
    if (isExport) this.#exported.add(name);
    this.#unused.set(name, { file, line: text });
    return true;
  }

  #function(file: string, { text, name = "" }: Statement, body: readonly Statement[]): void {
    if (name === "depend") {
      const lines = ["depend() {", ...body.map((one) => one.text), "}"];
      const { dependencies, rest } = parseDepend(lines);
      const { requires, openrc } = definitionOf(dependencies);
      if (requires) this.#definition.requires = requires;
      if (Object.keys(openrc).length > 0) this.#definition.options = { openrc };
      [...rest, ...unsaid(dependencies)].forEach((line) => this.#lost(file, line));
      return;
    }
    for (const statement of body) {
      if (this.#assignment(file, statement.text) || TALK.test(statement.text)) continue;
      if (!["start", "stop", "reload"].includes(name) || !this.#daemonLine(name, statement.text)) {
        this.#lost(file, `${text.trim().replace(/\s*\{?$/, "")}: ${statement.text}`);
      }
    }
    if (name === "start") this.#ownStart = true;
  }

  #daemonLine(action: string, text: string): boolean {
    if (/^default_(start|stop)\b/.test(text)) return true;
    const command = parseCommand(text, this.#variables);
    const [program = "", ...words] = command?.words ?? [];
    if (!/(^|\/)(start-stop-daemon|supervise-daemon)$/.test(program)) return false;
    if (!/^(|\|\|.*|&&.*|;.*|[12]?>.*)$/s.test(command?.operator ?? "")) return false;
    this.#markUsed(text);
    const supervised = program.endsWith("supervise-daemon");
    const daemon = parseDaemon(supervised ? words.slice(1) : words);
    if (action === "reload") return this.#reload(daemon);
    if (action === "stop") {
      if (daemon.signal) this.#daemon.signal = daemon.signal;
      if (daemon.seconds !== undefined) this.#daemon.seconds = daemon.seconds;
      return true;
    }
    this.#daemon = { ...this.#daemon, ...daemon };
    if (supervised) this.#definition.restart = { policy: "always" };
    return daemon.rest.length === 0;
  }

  #reload({ signal }: Daemon): boolean {
    if (signal === undefined) return false;
    this.#definition.reload = { signal };
    this.#warnings.push(`the script of ${this.name} sends ${signal} on reload: many programs end when they get it`);
    return true;
  }

  /** What a daemon's command line was made of. */
  #markUsed(text: string): void {
    for (const [, name = ""] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) this.#unused.delete(name);
  }

  #take(name: string): string | undefined {
    const value = this.#variables.get(name);
    const place = this.#unused.get(name);
    if (value === undefined || place === undefined) return value;
    this.#unused.delete(name);
    this.#markUsed(place.line);
    return value === "" ? undefined : value;
  }

  result(fields: Fields): Foreign {
    const definition = this.#definition;
    const text = this.#take("name");
    if (text !== undefined && text !== this.name) definition.displayName = text;
    const description = this.#take("description");
    if (description !== undefined) definition.description = description;
    this.#restart();
    const daemon = this.#settle();
    this.#command(fields, daemon);
    if (daemon.user !== undefined || daemon.group !== undefined) {
      definition.runAs = {
        ...(daemon.user !== undefined && { user: daemon.user }),
        ...(daemon.group !== undefined && { group: daemon.group }),
      };
    }
    if (daemon.directory?.startsWith("/")) definition.workingDirectory = daemon.directory;
    if (/^[0-7]{1,4}$/.test(daemon.umask ?? "")) definition.umask = daemon.umask!.padStart(4, "0");
    this.#environment(daemon);
    if (daemon.signal !== undefined || daemon.seconds !== undefined) {
      definition.stop = {
        ...(daemon.signal !== undefined && { signal: daemon.signal }),
        ...(daemon.seconds !== undefined && { timeoutSeconds: daemon.seconds }),
      };
    }
    // Without a file OpenRC and start-stop-daemon(8) let what the program prints go nowhere.
    const [stdout, stderr] = [daemon.stdout, daemon.stderr].map((path = "/dev/null") =>
      path === "/dev/null" ? "discard" : path,
    );
    definition.logs = { stdout: stdout!, ...(stderr !== stdout && { stderr: stderr! }) };
    for (const name of NOT_NEEDED) this.#take(name);
    this.#unmapped.push(...this.#unused.values());
    return { definition, unmapped: this.#unmapped, warnings: this.#warnings };
  }

  #restart(): void {
    if (this.#take("supervisor") === "supervise-daemon" && !this.#ownStart)
      this.#definition.restart = { policy: "always" };
    const { restart } = this.#definition;
    const delay = this.#take("respawn_delay");
    const max = this.#take("respawn_max");
    this.#take("respawn_period");
    if (!restart) return;
    if (/^\d+$/.test(delay ?? "")) restart.delaySeconds = Number(delay);
    if (/^\d+$/.test(max ?? "")) restart.maxAttempts = Number(max) === 0 ? 0 : Number(max) + 1;
  }

  /** What the variables say, where no function of the script's own starts the daemon. */
  #settle(): Daemon {
    const own = this.#daemon;
    const extra = parseDaemonArgs(this.#take("supervise_daemon_args") ?? this.#take("start_stop_daemon_args") ?? "");
    for (const word of extra?.rest ?? []) this.#unmapped.push({ file: scriptPath(this.name), line: word });
    const daemon: Daemon = { ...own, ...extra, environment: { ...own.environment, ...extra?.environment }, rest: [] };
    if (!this.#ownStart) {
      const [user, group] = (this.#take("command_user") ?? "").split(":");
      if (user) daemon.user = user;
      if (group) daemon.group = group;
      const variables = { directory: "directory", umask: "umask", output_log: "stdout", error_log: "stderr" } as const;
      for (const [variable, key] of Object.entries(variables)) {
        const value = this.#take(variable);
        if (value !== undefined) daemon[key] = value;
      }
    }
    const signal = normaliseSignal(this.#take("stopsig") ?? "");
    if (signal !== undefined) daemon.signal = signal;
    const retry = this.#take("retry");
    if (retry !== undefined) takeRetry(daemon, retry);
    return daemon;
  }

  /** The variables' words, evaluated once more as openrc-run(8) does; the process, if it says something else. */
  #command(fields: Fields, daemon: Daemon): void {
    const parts = ["command", "command_args", "command_args_background", "command_args_foreground"];
    const line = this.#ownStart ? undefined : parts.map((part) => this.#take(part) ?? "").join(" ");
    const command = line === undefined ? undefined : parseCommand(line, this.#variables);
    const said = daemon.command ?? (command?.words.length && command.operator === "" ? command.words : undefined);
    if (command?.operator) this.#unmapped.push({ file: scriptPath(this.name), line: command.operator });
    const main = mainProcess(fields, said?.[0]);
    const argv = main && running(main, said);
    const chosen = argv ?? said;
    if (chosen?.[0]?.startsWith("/")) this.#definition.command = chosen;
    else if (chosen)
      this.#unmapped.push({ file: scriptPath(this.name), line: `command=${chosen.join(" ")} (no absolute path)` });
  }

  #environment(daemon: Daemon): void {
    const variables: Record<string, string> = { ...daemon.environment };
    for (const name of this.#exported) {
      const value = this.#variables.get(name);
      this.#unused.delete(name);
      if (value !== undefined) variables[name] = value;
    }
    if (Object.keys(variables).length > 0) this.#definition.environment = variables;
  }
}

function parseDaemonArgs(text: string): Daemon | undefined {
  if (text === "") return undefined;
  const command = parseCommand(text, new Map());
  const daemon = parseDaemon(command?.words ?? [text]);
  delete daemon.command;
  return daemon;
}

/** The command line of the process. An interpreter before what the script says is the kernel's doing: `#!` of the program. */
function running({ argv }: Candidate, said: readonly string[] | undefined): string[] | undefined {
  if (argv.length === 0) return undefined;
  if (said === undefined) return argv;
  const tail = argv.slice(argv.length - said.length);
  const isSame = said.every((word, i) => word === tail[i] || (i === 0 && tail[0]!.endsWith(`/${word}`)));
  if (!isSame) return argv;
  return tail[0]!.startsWith("/") ? tail : argv;
}
