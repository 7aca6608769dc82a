import { setAt } from "../../../../model/props";
import type { Definition, RestartPolicy, StopMode, UnmappedLine } from "../../../../model/service";
import { parseAssignments } from "../common/assignments";
import { environmentPath } from "../common/secrets";
import { normaliseSignal } from "../common/signals";
import { splitRequired } from "./events";
import { DELAY_LINE, MODE_LINE } from "./helpers";
import type { JobFile, Stanza } from "./jobFile";
import { parseRespawnLimit } from "./limits";
import { parseMainScript, type MainScript } from "./mainScript";
import { NAME_PREFIX, START_ON, STOP_ON } from "./render";

/** A file with its path: the job or its override. */
export interface Source {
  path: string;
  file: JobFile;
}

export interface ParseContext {
  /** Whether we wrote it. If so, its scripts contain our machinery. */
  ours: boolean;
  /** The content of the file of secrets, if it exists. */
  secrets?: string;
  /** The path at which the host finds a program that is given without a directory. */
  programs?: ReadonlyMap<string, string>;
}

export interface Job {
  definition: Definition;
  /** Whether it has events that start it, and no `manual` after them. */
  automatic: boolean;
  unmapped: UnmappedLine[];
  /** Lines of our scripts that are not properties. */
  machinery: string[];
}

/** Reads the stanzas of a job. The last one of each kind counts; an override comes after the job. */
export function parseJob(name: string, sources: readonly Source[], context: ParseContext): Job {
  const reading = new JobReading(name, context);
  for (const source of sources) {
    for (const stanza of source.file.stanzas) reading.take(stanza, source.path);
    for (const line of source.file.stray) reading.unmapped.push({ file: source.path, line });
  }
  return reading.finish(sources[0]?.file.header ?? []);
}

interface Placed extends Stanza {
  file: string;
}

/** Stanzas that are one property each, or a part of one. */
const SINGLE = new Set([
  ...["description", "author", "start on", "stop on", "respawn", "respawn limit", "normal exit", "kill signal"],
  ...["kill timeout", "reload signal", "umask", "chdir", "setuid", "setgid", "console", "main", "pre-stop script"],
  ...["post-stop script", "manual"],
]);

class JobReading {
  readonly unmapped: UnmappedLine[] = [];
  readonly machinery: string[] = [];
  readonly #stanzas = new Map<string, Placed>();
  readonly #environment: Record<string, string> = {};
  readonly #definition: Definition = {};
  #automatic = false;

  constructor(
    readonly name: string,
    readonly context: ParseContext,
  ) {}

  take(stanza: Stanza, file: string): void {
    const { name, args } = stanza;
    const [, variable, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(args[0] ?? "") ?? [];
    if (name === "env" && variable !== undefined && value !== undefined && !this.context.ours) {
      setAt(this.#environment, [variable], value);
      return;
    }
    const key =
      name === "exec" || name === "script"
        ? "main"
        : name === "respawn" && args[0] === "limit"
          ? "respawn limit"
          : name;
    const foreignScript = !this.context.ours && /^(pre|post)-stop script$/.test(name);
    if (!SINGLE.has(key) || foreignScript) {
      this.unmapped.push({ file, line: stanza.line });
      return;
    }
    if (key === "start on") this.#automatic = true;
    if (key === "manual") this.#automatic = false;
    const before = this.#stanzas.get(key);
    if (before && this.context.ours) this.unmapped.push({ file: before.file, line: before.line });
    this.#stanzas.set(key, { ...stanza, file });
  }

  finish(header: readonly string[]): Job {
    this.#texts(header);
    this.#events();
    this.#process();
    this.#stop();
    this.#restart();
    const automatic = this.#automatic;
    const { machinery, unmapped } = this;
    return { definition: this.#definition, automatic, unmapped, machinery };
  }

  /** The single argument of a stanza, converted by `read`. If that fails, no property covers the line. */
  #value<T = string>(key: string, read: (text: string) => T | undefined = (text) => text as T): T | undefined {
    const stanza = this.#stanzas.get(key);
    if (!stanza) return undefined;
    const value = read(stanza.args.join(" "));
    if (value === undefined) this.#leave(key);
    return value;
  }

  #leave(key: string): void {
    const stanza = this.#stanzas.get(key);
    if (stanza) this.unmapped.push({ file: stanza.file, line: stanza.line });
  }

  #texts(header: readonly string[]): void {
    const displayName = parseName(header.find((line) => line.startsWith(NAME_PREFIX)));
    if (displayName !== undefined) this.#definition.displayName = displayName;
    const description = this.#value("description");
    if (description) this.#definition.description = description;
  }

  #events(): void {
    const { events, required } = splitRequired(this.#value("start on") ?? START_ON);
    const stopOn = this.#value("stop on") ?? STOP_ON;
    const author = this.#value("author");
    const upstart = {
      ...(author !== undefined && { author }),
      ...(events !== START_ON && { startOn: events }),
      ...(stopOn !== STOP_ON && { stopOn }),
    };
    if (required.length) this.#definition.requires = [...new Set(required)].sort();
    if (Object.keys(upstart).length) this.#definition.options = { upstart };
  }

  #process(): void {
    const definition = this.#definition;
    const main = this.#stanzas.get("main");
    const { ours } = this.context;
    const script = parseMainScript(this.name, (ours && main?.text) || "");
    this.machinery.push(...script.rest);
    const command = ours ? script.command : main?.text?.trim().split(/[ \t]+/);
    if (command) definition.command = this.#found(command);
    this.#variables(script);
    const workingDirectory = script.workingDirectory ?? this.#value("chdir");
    const umask = script.umask ?? this.#value("umask", (mask) => (/^[0-7]+$/.test(mask) ? mask : undefined));
    const user = this.#value("setuid");
    const group = this.#value("setgid");
    // A required line that no property covers.
    if (ours && this.#stanzas.get("console")?.args[0] === "log") this.machinery.push("console log");
    const consoleTo = this.#value("console", (to) => (to === "log" || (to === "none" && !ours) ? to : undefined));
    const logs = script.logs ?? (consoleTo === "none" ? { stdout: "discard" } : undefined);
    if (workingDirectory !== undefined) definition.workingDirectory = workingDirectory;
    if (umask !== undefined) definition.umask = umask.replace(/^0+/, "").padStart(4, "0");
    if (user !== undefined || group !== undefined) {
      definition.runAs = { ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
    }
    if (logs) definition.logs = logs;
  }

  /** The path of a program that is given by its name alone. */
  #found([program = "", ...rest]: readonly string[]): string[] {
    return [this.context.programs?.get(program) ?? program, ...rest];
  }

  #variables({ exported, usesSecrets }: MainScript): void {
    const file = environmentPath(this.name);
    const secrets = usesSecrets ? parseAssignments(this.context.secrets ?? "") : { variables: {}, odd: [] };
    for (const { number } of secrets.odd) {
      this.unmapped.push({ file, line: `line ${number} (not shown: the file holds secrets)` });
    }
    const environment = { ...this.#environment, ...secrets.variables, ...exported };
    if (Object.keys(environment).length) this.#definition.environment = environment;
    const secret = Object.keys(secrets.variables).filter((key) => !Object.hasOwn(exported, key));
    if (secret.length) this.#definition.secretEnvironment = secret.sort();
  }

  #stop(): void {
    const signal = this.#value("kill signal", normaliseSignal);
    const timeoutSeconds = this.#value("kill timeout", wholeNumber);
    const mode = this.#scriptValue("pre-stop script", MODE_LINE) as StopMode | undefined;
    const stop = {
      ...(signal !== undefined && { signal }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(mode !== undefined && { mode }),
    };
    if (Object.keys(stop).length) this.#definition.stop = stop;
    // It is not imported from jobs of others, because the reload signals of old jobs end the Bots daemons.
    const reload = this.#value("reload signal", (text) => (this.context.ours ? normaliseSignal(text) : undefined));
    if (reload !== undefined) this.#definition.reload = { signal: reload };
  }

  #restart(): void {
    const delay = this.#scriptValue("post-stop script", DELAY_LINE);
    const delaySeconds = delay === undefined ? undefined : Number(delay);
    const respawns = this.#value<RestartPolicy>("respawn", (text) => (text === "" ? "always" : undefined));
    const onFailure = this.#value<RestartPolicy>("normal exit", (text) =>
      respawns && text === "0" ? "onFailure" : undefined,
    );
    const policy = onFailure ?? respawns;
    const limit = this.#value("respawn limit", (text) => parseRespawnLimit(text.replace(/^limit /, ""), delaySeconds));
    const restart = {
      ...(policy !== undefined && { policy: policy }),
      ...(delaySeconds !== undefined && { delaySeconds }),
      ...(typeof limit === "number" && { maxAttempts: limit }),
    };
    if (Object.keys(restart).length) this.#definition.restart = restart;
  }

  /** Reads the line of one of our scripts that is a property. The others are machinery. */
  #scriptValue(key: string, pattern: RegExp): string | undefined {
    let found: string | undefined;
    for (const line of (this.#stanzas.get(key)?.text ?? "").split("\n")) {
      const value = found === undefined ? pattern.exec(line.trim())?.[1] : undefined;
      if (value === undefined && line.trim() !== "" && !line.trim().startsWith("#")) this.machinery.push(line.trim());
      found ??= value;
    }
    return found;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parseName(line: string | undefined): string | undefined {
  try {
    const name: unknown = line === undefined ? undefined : JSON.parse(line.slice(NAME_PREFIX.length));
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
