import { setAt } from "../../../../model/props";
import { hostLines } from "../../shell/library";
import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import { splitEnvironment } from "../common/environment";
import { environmentPath } from "../common/secrets";
import { parseCommands, type Command } from "./shellWords";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Our own lines that are not properties. The properties of the program are exported by one line each. */
const MACHINERY = /^(?:[A-Za-z_]\w*=|export [^=]*$|set |eval )/;

/** The script that executes the program (`sh -e`). It already runs as the job's user. */
export function mainScript(name: string, definition: Definition): string[] {
  const { command = [], logs, runAs } = definition;
  const { plain, secret } = splitEnvironment(definition);
  const exports = Object.entries(plain).map(([variable, value]) => `export ${variable}=${word(value)}`);
  const words = command.map(word);
  const usesNewline = [...exports, ...words].some((text) => text.includes('"$1"'));
  return [
    ...(plain["PATH"] === undefined ? [`PATH=${PATH}`, "export PATH"] : []),
    ...(runAs?.user === undefined ? [] : hostLines("upstart/account")),
    ...(usesNewline ? hostLines("upstart/newline") : []),
    ...(Object.keys(secret).length ? [`. ${word(environmentPath(name))}`] : []),
    ...exports,
    ...redirection(logs),
    `exec ${words.join(" ")}`,
  ];
}

function word(text: string): string {
  const parts = text.split("\n").map((part, _, { length }) => (part === "" && length > 1 ? "" : shQuote(part)));
  return parts.join('"$1"');
}

function redirection(logs: Definition["logs"]): string[] {
  const to = (operator: string, file: string) =>
    file === "discard" ? `${operator}/dev/null` : `${operator}>${word(file)}`;
  const { stdout, stderr } = logs ?? {};
  if (stdout === undefined) return stderr === undefined ? [] : [`exec ${to("2>", stderr)}`];
  return [`exec ${to(">", stdout)} ${stderr === undefined || stderr === stdout ? "2>&1" : to("2>", stderr)}`];
}

export interface MainScript {
  command?: string[];
  workingDirectory?: string;
  umask?: string;
  logs?: NonNullable<Definition["logs"]>;
  exported: Record<string, string>;
  usesSecrets: boolean;
  /** Lines that no property covers. */
  rest: string[];
}

/** Reads a script of ours. `rest` has the lines of our own machinery and those that somebody added. */
export function parseMainScript(name: string, text: string): MainScript {
  const script: MainScript = { exported: {}, usesSecrets: false, rest: [] };
  const variables = new Map<string, string>();
  for (const line of logicalLines(text)) {
    if (line === hostLines("upstart/newline")[1]) variables.set("1", "\n");
    const commands = MACHINERY.test(line) || script.command ? undefined : parseCommands(line, variables);
    const isKnown = commands?.map((command) => take(command, script, variables, name));
    if (!isKnown?.length || isKnown.includes(false)) script.rest.push(line);
  }
  return script;
}

/** Lines without comments, with continued lines joined. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** Stores the setting that a command makes. Returns false for any other command. */
function take(
  { words, redirections }: Command,
  script: MainScript,
  variables: Map<string, string>,
  name: string,
): boolean {
  const [first, ...rest] = words;
  const [argument] = rest;
  switch (first) {
    case "export":
      if (redirections.length || !rest.length) return false;
      return rest.every((text) => {
        const [, variable, value] = /^([A-Za-z_]\w*)(?:=([^]*))?$/.exec(text) ?? [];
        const known = variable === undefined ? undefined : (value ?? variables.get(variable));
        if (variable === undefined || known === undefined) return false;
        variables.set(variable, known);
        setAt(script.exported, [variable], known);
        return true;
      });
    case ".":
      script.usesSecrets ||= argument === environmentPath(name);
      return argument === environmentPath(name);
    case "cd":
      if (rest.length !== 1 || redirections.length || !argument!.startsWith("/")) return false;
      script.workingDirectory = argument!;
      return true;
    case "umask":
      if (rest.length !== 1 || !/^[0-7]{1,4}$/.test(argument!)) return false;
      script.umask = argument!;
      return true;
    case "exec":
      if (!redirect(redirections, script)) return false;
      if (rest.length) script.command = rest;
      return true;
    default:
      return false;
  }
}

/** The files for output. Input from /dev/null is upstart's default. */
function redirect(redirections: Command["redirections"], script: MainScript): boolean {
  const logs = { ...script.logs };
  for (const { descriptor, operator, target } of redirections) {
    const to = target === "/dev/null" ? "discard" : target;
    if (descriptor === 0 && operator === "<" && to === "discard") continue;
    if (operator === "<" || (to !== "discard" && operator !== ">&" && !to.startsWith("/"))) return false;
    if (operator === ">&") {
      if (descriptor !== 2 || target !== "1") return false;
      delete logs.stderr;
      if (logs.stdout !== undefined) logs.stderr = logs.stdout;
    } else if (descriptor === 1) logs.stdout = to;
    else if (descriptor === 2) logs.stderr = to;
    else return false;
    if (operator === ">" && to !== "discard") script.rest.push(`> ${target}`);
  }
  if (logs.stdout === undefined && logs.stderr === undefined) return true;
  if (logs.stderr === undefined) script.rest.push("(its standard error goes to upstart's own log)");
  script.logs = logs.stderr === logs.stdout ? { stdout: logs.stdout! } : logs;
  return true;
}
