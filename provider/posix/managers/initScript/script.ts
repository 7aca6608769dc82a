import { sha256 } from "../../../../model/hash";
import type { Definition, InitScriptOptions, Marker } from "../../../../model/service";
import { formatAssignments, parseAssignments } from "../common/assignments";
import { formatMarker, parseMarker } from "../common/marker";
import { environmentPath } from "../common/secrets";
import { scriptManagerLine } from "../common/scripts";
import { formatHeader, parseHeader, withoutDefaults } from "./header";
import { machineryOf } from "./machinery";
import type { ScriptManagerName } from "./name";
import { parseSettings, settingsOf } from "./settings";

const MARKER = "# pulumi-bots:";
const MANAGED = "# Managed by Pulumi (";
const HASH = "# pulumi-bots-machinery: ";
const BEGIN = "# Settings: values in single quotes.";
const END = "# End of the settings.";

const ownOptions = (definition: Definition, manager: ScriptManagerName): InitScriptOptions | undefined =>
  definition.options?.[manager];

/** The settings of a definition, as shell. */
export function settingsText(name: string, definition: Definition, manager: ScriptManagerName): string {
  return formatAssignments(settingsOf(name, definition, ownOptions(definition, manager), environmentPath(name)));
}

/** The init script of a definition. */
export function renderScript(manager: ScriptManagerName, name: string, definition: Definition, marker: Marker): string {
  const head = [
    "#!/bin/sh",
    scriptManagerLine(manager),
    ...formatMarker(marker),
    ...formatHeader(name, definition, ownOptions(definition, manager)),
  ];
  const tail = machineryOf(manager);
  const hash = machineryHash(unchanging(head), tail);
  return [...head, HASH + hash, "", BEGIN, settingsText(name, definition, manager) + END, tail.trimStart()].join("\n");
}

/** The content of the file from which {@link renderScript}'s script reads secret variables. */
export const formatSecrets = (variables: Readonly<Record<string, string>>) => formatAssignments(variables, "export ");

/** The lines of the head that are neither the marker nor a property. They follow from the properties, or never change. */
function unchanging(head: readonly string[]): string[] {
  const { taken } = parseHeader(head);
  return head.filter(
    (line, i) => !taken.has(i) && ![MARKER, MANAGED, HASH].some((start) => line.startsWith(start)) && line !== "",
  );
}

function machineryHash(head: readonly string[], tail: string): string {
  return sha256([...head, tail.trim()].join("\n")).slice(0, 32);
}

export interface ParsedScript {
  definition: Definition;
  marker: ReturnType<typeof parseMarker>;
  /** Lines that no property covers. */
  unmapped: string[];
  usesSecrets: boolean;
}

/** Whether there is a marker of ours, even a broken one. */
export const hasMarker = (text: string): boolean => text.split("\n").some((line) => line.startsWith(MARKER));

/** Reads a script of ours, including any manual changes. */
export function parseScript(
  manager: ScriptManagerName,
  name: string,
  text: string,
  secretsText?: string,
): ParsedScript {
  const [head, settings, tail] = divide(text);
  const header = parseHeader(head);
  const parsed = parseSettings(settings, name, environmentPath(name));
  const secrets = parsed.usesSecrets ? parseAssignments(secretsText ?? "").variables : {};
  const environment = { ...parsed.definition.environment, ...secrets };
  const secretEnvironment = Object.keys(secrets).sort();
  const options = withoutDefaults({ ...header.options, ...(parsed.pidFile && { pidFile: parsed.pidFile }) });
  const definition: Definition = {
    ...parsed.definition,
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(secretEnvironment.length > 0 && { secretEnvironment }),
    ...(header.requires.length > 0 && { requires: header.requires }),
    ...(Object.keys(options).length > 0 && { options: { [manager]: options } }),
  };
  const marker = parseMarker(head);
  const unmapped = [...header.odd, ...parsed.odd, ...handMade(manager, name, head, tail, definition)];
  return { definition, marker, unmapped, usesSecrets: parsed.usesSecrets };
}

/** A value may contain the text of a border line, so the first such line begins the settings and the last one ends them. */
function divide(text: string): [string[], string, string] {
  const begin = text.indexOf(`\n${BEGIN}\n`);
  const end = text.lastIndexOf(`\n${END}\n`);
  if (begin === -1 || end < begin) return [text.split("\n"), "", ""];
  const settings = text.slice(begin + BEGIN.length + 2, end + 1);
  return [text.slice(0, begin).split("\n"), settings, text.slice(end + END.length + 2)];
}

/** Changes outside of the properties. The hash shows whether there are any, even in a script of another release. */
function handMade(
  manager: ScriptManagerName,
  name: string,
  head: readonly string[],
  tail: string,
  definition: Definition,
): string[] {
  const recorded = head.find((line) => line.startsWith(HASH))?.slice(HASH.length);
  const found = unchanging(head);
  if (recorded === machineryHash(found, tail)) return [];
  const header = unchanging([
    "#!/bin/sh",
    scriptManagerLine(manager),
    ...formatHeader(name, definition, ownOptions(definition, manager)),
  ]);
  const rendered = [...header, ...machineryOf(manager).trim().split("\n")];
  const there = [...found, ...tail.trim().split("\n")];
  const added = without(there, rendered);
  const missing = without(rendered, there).map((line) => `(missing) ${line}`);
  const lines = [...added, ...missing].filter((line) => !/^(\(missing\) )?\s*$/.test(line));
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > shown.length) shown.push(`(and ${lines.length - shown.length} more lines)`);
  return shown.length > 0 ? shown : ["(lines of the script were moved or taken away by hand)"];
}

const MOST_LINES = 20;

/** The lines of one list that another list does not contain, or contains fewer times. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const line of others) count.set(line, (count.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const left = count.get(line) ?? 0;
    count.set(line, left - 1);
    return left <= 0;
  });
}
