import { shQuote, shWords } from "../../shell/quote";
import type { Definition, Marker } from "../../../../model/service";
import { formatAssignments, parseAssignments } from "../common/assignments";
import { splitEnvironment } from "../common/environment";
import { formatMarker } from "../common/marker";
import { environmentPath } from "../common/secrets";
import { formatAttempts, parseAttempts } from "./attempts";
import { definitionOf, dependenciesOf, formatDepend, parseDepend, unsaid } from "./depend";
import { DIVIDER, machinery, machineryHash } from "./machinery";
import { parseSettings, renderSettings } from "./settings";
import { parseWords } from "./words";

const HASH = "# pulumi-bots-machinery: ";

/** The script of a definition (openrc-run(8)): variables and dependencies, which are read back, then the machinery. */
export function renderScript(name: string, definition: Definition, marker: Marker): string {
  const [program = "", ...args] = definition.command ?? [];
  const { plain, secret } = splitEnvironment(definition);
  const variables: [string, string][] = [
    ...renderSettings(definition),
    ...formatAttempts(definition.restart),
    ["command", program],
    ...(args.length > 0 ? [["command_args", shWords(args)] as [string, string]] : []),
    ...(definition.reload?.command ? [["reload_command", shWords(definition.reload.command)] as [string, string]] : []),
    ...(definition.reload ? [["extra_started_commands", "reload"] as [string, string]] : []),
    ...(Object.keys(plain).length > 0 ? [["environment", `\n${formatAssignments(plain)}`] as [string, string]] : []),
    ...(Object.keys(secret).length > 0 ? [["environment_file", environmentPath(name)] as [string, string]] : []),
  ];
  const header = ["#!/sbin/openrc-run", ...formatMarker(marker), `${HASH}${machineryHash(machinery())}`];
  const settings = variables.map(([variable, value]) => `${variable}=${value === "" ? "''" : shQuote(value)}\n`);
  const depend = formatDepend(dependenciesOf(definition));
  return [`${header.join("\n")}\n`, settings.join(""), depend, `${DIVIDER}\n${machinery()}`].filter(Boolean).join("\n");
}

/** A script of ours, as found on the host. */
export interface Script {
  definition: Definition;
  /** Lines that no property covers. */
  unmapped: string[];
  usesSecrets: boolean;
}

/** Reads a script with our marker. `environmentText` is the content of the file with the secrets. */
export function parseScript(name: string, text: string, environmentText: string | undefined): Script {
  const at = text.lastIndexOf(`\n${DIVIDER}\n`);
  const [head, tail] = at < 0 ? [text, ""] : [text.slice(0, at + 1), text.slice(at + DIVIDER.length + 2)];
  const { variables: all, odd } = parseAssignments(head);
  const variables = new Map(Object.entries(all));
  const { dependencies, rest } = parseDepend(odd.map(({ line }) => line));
  const definition: Definition = {};
  const unmapped: string[] = [];

  parseSettings(variables, definition);
  const attempts = parseAttempts(variables, definition.restart);
  if (attempts !== undefined) definition.restart = { ...definition.restart, maxAttempts: attempts };
  takeCommands(variables, definition);
  const usesSecrets = variables.get("environment_file") === environmentPath(name);
  if (usesSecrets) variables.delete("environment_file");
  unmapped.push(...takeEnvironment(variables, definition, usesSecrets ? (environmentText ?? "") : undefined));
  const { requires, openrc } = definitionOf(dependencies);
  if (requires) definition.requires = requires;
  if (Object.keys(openrc).length > 0) {
    definition.options = { openrc: { ...definition.options?.openrc, ...openrc } };
  }

  unmapped.push(...[...variables].map(([variable, value]) => `${variable}=${shQuote(value)}`));
  unmapped.push(...unsaid(dependencies), ...rest, ...changedMachinery(head, tail));
  return { definition, unmapped, usesSecrets };
}

function takeCommands(variables: Map<string, string>, definition: Definition): void {
  const program = variables.get("command");
  const args = parseWords(variables.get("command_args") ?? "");
  if (program !== undefined && program !== "" && args) {
    definition.command = [program, ...args];
    variables.delete("command");
    variables.delete("command_args");
  }
  const reload = parseWords(variables.get("reload_command") ?? "");
  if (reload?.length) {
    definition.reload = { ...definition.reload, command: reload };
    variables.delete("reload_command");
  }
  if (variables.get("extra_started_commands") === "reload" && definition.reload) {
    variables.delete("extra_started_commands");
  } else if (definition.reload) {
    // Without this line OpenRC does not offer `reload`, whatever the other variables say.
    delete definition.reload;
  }
}

/** Reads the variables in `environment` and returns the lines that it can't read. */
function takeEnvironment(
  variables: Map<string, string>,
  definition: Definition,
  secrets: string | undefined,
): string[] {
  const plain = parseAssignments(variables.get("environment") ?? "");
  const secret = secrets === undefined ? {} : parseAssignments(secrets).variables;
  variables.delete("environment");
  const all = new Map([...Object.entries(plain.variables), ...Object.entries(secret)]);
  if (all.size > 0) definition.environment = Object.fromEntries(all);
  if (Object.keys(secret).length > 0) definition.secretEnvironment = Object.keys(secret).sort();
  return plain.odd.map(({ line }) => `environment: ${line}`);
}

/** Manual changes of the machinery. It is only compared with the hash, because other versions have other machinery. */
function changedMachinery(head: string, tail: string): string[] {
  const line = head.split("\n").find((one) => one.startsWith(HASH));
  if (line?.slice(HASH.length) === machineryHash(tail)) return [];
  const known = new Set(machinery().split("\n"));
  const added = tail.split("\n").filter((one) => one.trim() !== "" && !known.has(one));
  return added.length > 0 ? added : ["(lines below the settings are missing or moved)"];
}
