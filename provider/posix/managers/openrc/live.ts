import type { Live, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../shell/step";
import { parseAssignments } from "../common/assignments";
import { liveFiles, parseStat } from "../common/files";
import { parseMarker } from "../common/marker";
import { environmentPath } from "../common/secrets";
import { readOpenrcScript, type ScriptFile } from "../../importing";
import { DEFAULT_RUNLEVEL, scriptPath } from "./name";
import { parseScript } from "./script";
import { mainProcess, parseState, processWarnings, stateOfOthers } from "./state";

/** The administrator's file of settings for a script. */
export interface Conf {
  path: string;
  text: string;
}

/** The live service, from the fragment's output for a name. */
export function parseLive(name: string, fields: Fields): Live {
  const text = isOpenrcScript(fields.get("script")) ? fields.get("script") : undefined;
  const installed = text !== undefined;
  const header = /^#[^\n]*\n(?:#[^\n]*\n)*/.exec(text ?? "")?.[0].split("\n") ?? [];
  const marker = parseMarker(header);
  const isOurs = marker !== undefined && marker !== "broken";
  const confs = confFiles(fields);
  const ours = isOurs ? parseScript(name, text!, fields.get("environment")) : undefined;
  const foreign = installed && !ours ? readForeign(name, text, confs, fields) : undefined;
  const data = foreign?.data;
  const isProgram = foreign !== undefined && !data;
  const definition = ours?.definition ?? data?.definition ?? {};
  // OpenRC also runs ordinary init scripts and keeps records of them.
  const records = installed || !fields.has("script") ? fields : new Map<string, string>();
  const main = mainProcess(records, definition.command?.[0] ?? foreign?.programs[0]);
  const state = parseState(records, installed, main);
  const levels = (records.get("levels") ?? "").split(" ").filter(Boolean);
  const { unmapped: levelLines, runlevel } = judgeLevels(name, levels, definition.options?.openrc?.runlevel);
  if (runlevel !== undefined && !isProgram) {
    definition.options = { openrc: { ...definition.options?.openrc, runlevel } };
  }
  const script = scriptPath(name);
  const here = (line: string): UnmappedLine => ({ file: script, line });
  const link = isOurs ? fields.get("link") : undefined;
  return {
    installed,
    definition,
    startMode: levels.length > 0 ? "automatic" : "manual",
    masked: false,
    ...(isOurs && { marker }),
    state: foreign ? stateOfOthers(records, state, wouldShow(foreign, text!)) : state,
    files: installed ? liveFiles(name, { path: scriptPath(name), text }, fields) : [],
    unmapped: [
      ...(link ? [here(`(it is a symbolic link to ${link})`)] : []),
      ...(ours?.unmapped ?? []).map(here),
      ...(ours?.usesSecrets ? oddSecrets(name, fields) : []),
      ...(ours ? confs.flatMap(settingsOver) : []),
      ...(data?.rest ?? []),
      ...(isProgram ? [] : levelLines),
    ],
    ...(isProgram && { observed: foreign.observed }),
    links: levels.map((level) => `/etc/runlevels/${level}/${name}`),
    overrides: confs.filter((conf) => settingsOver(conf).length > 0).map(({ path }) => path),
    warnings: [
      ...(marker === "broken"
        ? [`the pulumi-bots comment in ${script} can't be parsed, so the service is treated as unmanaged`]
        : []),
      ...processWarnings(name, records, main),
    ],
  };
}

/** Whether it is a script for openrc-run(8), formerly runscript(8). Other scripts in the directory have another manager. */
function isOpenrcScript(text: string | undefined): boolean {
  return text !== undefined && /^#!.*\b(openrc-run|runscript)\b/.test(text);
}

/**
 * Whether a process of the service could be recognised by its definition: by the single program that it names or, in a script
 * of ours that is no longer managed, by the service's name in the environment of its processes.
 */
function wouldShow({ data, programs, ambiguous }: ReturnType<typeof readForeign>, text: string): boolean {
  const namesOne = data?.definition.command !== undefined || (programs.length === 1 && !ambiguous);
  return namesOne || text.includes("PULUMI_BOTS_SERVICE=");
}

/** A script that is not ours. If it is plain data it is read as a definition, otherwise the reading is only informative. */
function readForeign(name: string, text: string, confs: readonly Conf[], fields: Fields) {
  const stat = parseStat(fields.get("stat") ?? "");
  const isPrivate = (path: string) => !/[4567]$/.test(stat.get(path)?.mode ?? "4");
  const files = [{ path: scriptPath(name), text }, ...confs].map((file): ScriptFile => ({
    ...file,
    isPrivate: isPrivate(file.path),
  }));
  return readOpenrcScript(files[0]!, files.slice(1), name);
}

function confFiles(fields: Fields): Conf[] {
  return [...fields].flatMap(([key, path]): Conf[] => {
    const text = /^conf\.\d+\.path$/.test(key) ? fields.get(key.replace("path", "text")) : undefined;
    return text === undefined ? [] : [{ path, text }];
  });
}

/** The effective lines of such a file. */
function settingsOver({ path, text }: Conf): UnmappedLine[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => ({ file: path, line }));
}

/** Starts in the wanted run level, or not at boot. A single other level is a changed property; more become unmapped lines. */
function judgeLevels(
  name: string,
  levels: readonly string[],
  wanted: string | undefined,
): { unmapped: UnmappedLine[]; runlevel?: string } {
  const level = levels.includes(wanted ?? DEFAULT_RUNLEVEL) ? (wanted ?? DEFAULT_RUNLEVEL) : levels[0];
  const others = levels.filter((other) => other !== level);
  return {
    unmapped: others.map((other) => ({
      file: `/etc/runlevels/${other}/${name}`,
      line: `(starts it in the run level ${other} too)`,
    })),
    ...(level !== undefined && level !== (wanted ?? DEFAULT_RUNLEVEL) && { runlevel: level }),
  };
}

function oddSecrets(name: string, fields: Fields): UnmappedLine[] {
  const { odd } = parseAssignments(fields.get("environment") ?? "");
  return odd.map(({ number }) => ({
    file: environmentPath(name),
    line: `line ${number} (not shown: the file holds secrets)`,
  }));
}
