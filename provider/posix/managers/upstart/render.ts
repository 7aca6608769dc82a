import { sha256 } from "../../../../model/hash";
import type { Definition, Marker } from "../../../../model/service";
import { formatMarker } from "../common/marker";
import { normaliseSignal } from "../common/signals";
import { normaliseEvents, withRequired } from "./events";
import { delayScript, stopScript } from "./helpers";
import { respawnLimit } from "./limits";
import { mainScript } from "./mainScript";
import { quoteToken } from "./tokens";

export const START_ON = "runlevel [2345]";
export const STOP_ON = "runlevel [!2345]";

export const NAME_PREFIX = "# Name: ";
const HASH_PREFIX = "# pulumi-bots-machinery: ";

/** The job file of a definition (init(5) of upstart). Each line has at most one property. */
export function renderJob(name: string, definition: Definition, header: readonly string[] = []): string {
  const { displayName, description, options, restart, stop, reload, umask, workingDirectory, runAs, logs } = definition;
  const limit = respawnLimit(restart ?? {});
  const startOn = normaliseEvents(options?.upstart?.startOn ?? START_ON) ?? START_ON;
  const stopOn = normaliseEvents(options?.upstart?.stopOn ?? STOP_ON) ?? STOP_ON;
  const policy = restart?.policy ?? "never";
  const signal = normaliseSignal(stop?.signal ?? "SIGTERM") ?? "SIGTERM";
  const lines = [
    ...header,
    ...(displayName === undefined ? [] : [NAME_PREFIX + JSON.stringify(displayName)]),
    "",
    ...stanza("description", description),
    ...stanza("author", options?.upstart?.author),
    `start on ${withRequired(startOn, requiredOf(definition))}`,
    `stop on ${stopOn}`,
    "",
    ...(policy === "never" ? [] : ["respawn"]),
    ...(policy === "onFailure" ? ["normal exit 0"] : []),
    ...(limit === undefined ? [] : [`respawn limit ${limit}`]),
    ...stanza("kill signal", stop?.signal && signal),
    ...stanza("kill timeout", stop?.timeoutSeconds?.toString()),
    ...stanza("reload signal", reload?.signal),
    ...stanza("umask", umask?.padStart(4, "0")),
    ...stanza("chdir", workingDirectory),
    ...stanza("setuid", runAs?.user),
    ...stanza("setgid", runAs?.group),
    // Needed even with log files of its own, for messages of the shell before it has opened them.
    "console log",
    ...script("pre-stop ", stopScript(stop?.mode ?? "group")),
    ...(restart?.delaySeconds ? script("post-stop ", delayScript(restart.delaySeconds)) : []),
    ...script("", mainScript(name, { ...definition, ...(logs && { logs }) })),
  ];
  return lines.join("\n") + "\n";
}

/** The job file of our service, with the marker and a hash of everything that is not a property. */
export function renderOwnJob(
  name: string,
  definition: Definition,
  marker: Marker,
  machinery: readonly string[],
): string {
  return renderJob(name, definition, [...formatMarker(marker), HASH_PREFIX + machineryHash(machinery)]);
}

/** A hash that shows whether the lines that are not properties are unchanged, whichever version wrote them. */
export function machineryHash(lines: readonly string[]): string {
  return sha256(lines.join("\n")).slice(0, 16);
}

/** The hash in a file. */
export function writtenHash(header: readonly string[]): string | undefined {
  return header.find((line) => line.startsWith(HASH_PREFIX))?.slice(HASH_PREFIX.length);
}

export function requiredOf({ requires }: Definition): string[] {
  return [...new Set(requires)].sort();
}

function stanza(keywords: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${keywords} ${quoteToken(value)}`];
}

function script(process: string, lines: readonly string[]): string[] {
  return ["", `${process}script`, ...lines.map((line) => `  ${line}`), "end script"];
}
