import type { Definition, Live, LiveFile, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../shell/step";
import { parseAssignments } from "../common/assignments";
import { dropInsIn } from "../common/dropIns";
import { liveFiles, readableByOthers } from "../common/files";
import { environmentPath } from "../common/secrets";
import { parseBoot, startLevels } from "./boot";
import { parseExisting } from "./existing/live";
import { withDefaults } from "./header";
import { scriptPath, type ScriptManagerName } from "./name";
import { hasMarker, parseScript } from "./script";
import { parseState } from "./state";

/** The live service, from the fragment's output for a name. */
export function parseLive(manager: ScriptManagerName, name: string, fields: Fields, shared: Fields): Live {
  const script = fields.get("script");
  const links = (fields.get("links") ?? "").split("\n").filter(Boolean);
  const overrides = dropInsIn(fields).filter(({ text }) => directivesIn(text).length > 0);
  const common = {
    installed: script !== undefined,
    masked: fields.has("masked"),
    overrides: overrides.map(({ path }) => path),
    links,
    files:
      script === undefined
        ? []
        : liveFiles(name, { path: scriptPath(name), text: script, isPrivate: fields.has("private") }, fields),
  };
  if (script === undefined) {
    const state = stateOf(fields, shared, false, undefined);
    return { ...common, definition: {}, startMode: "manual", state, unmapped: [], warnings: [] };
  }
  const openrc = shared.get("init") === "openrc";
  if (!hasMarker(script)) {
    const { sources, state, ...existing } = parseExisting(name, fields, shared, script);
    const boots = openrc
      ? parseBoot(links, [], true).startMode
      : startLevels(links).length > 0
        ? "automatic"
        : "manual";
    return {
      ...common,
      ...existing,
      definition: {},
      startMode: startMode({ startMode: boots }, common),
      // A script that was ours is recognised by the record that it still keeps.
      state: fields.has("record") ? stateOf(fields, shared, true, undefined) : state,
      files: [...common.files, ...sources],
      unmapped: [],
    };
  }
  const parsed = parseScript(manager, name, script, fields.get("environment"));
  const { definition, marker } = parsed;
  const boot = parseBoot(links, withDefaults(definition.options?.[manager]).runlevels, openrc);
  return {
    ...common,
    definition,
    startMode: startMode(boot, common),
    ...(marker !== undefined && marker !== "broken" && { marker }),
    state: stateOf(fields, shared, true, definition),
    unmapped: [
      ...unmappedLines(name, fields, parsed, common.files),
      ...boot.odd,
      ...overrides.flatMap(({ path, text }) => directivesIn(text).map((line) => ({ file: path, line }))),
    ],
    warnings: warnings(name, fields, marker === "broken", definition),
  };
}

/** The effective lines of a drop-in: systemd generates a unit from every script. */
function directivesIn(dropIn: string): string[] {
  const lines = dropIn.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !/^[#;[]/.test(line));
}

const startMode = (boot: { startMode: Live["startMode"] }, { masked }: { masked: boolean }): Live["startMode"] =>
  masked ? "disabled" : boot.startMode;

function stateOf(fields: Fields, shared: Fields, installed: boolean, definition: Definition | undefined) {
  return parseState({
    record: fields.get("record"),
    pid: fields.get("pid"),
    supervisor: fields.get("supervisor"),
    boot: shared.get("boot") ?? "",
    installed,
    recovered: isCommand(fields.get("command"), definition?.command),
  });
}

/** Whether a process was started with this command, possibly by an interpreter. */
function isCommand(cmdline: string | undefined, command: readonly string[] | undefined): boolean {
  if (cmdline === undefined || command === undefined) return false;
  const wanted = [...command, ""].join("\0");
  return cmdline === wanted || cmdline.endsWith(`\0${wanted}`);
}

function unmappedLines(
  name: string,
  fields: Fields,
  { unmapped, usesSecrets }: { unmapped: string[]; usesSecrets: boolean },
  files: readonly LiveFile[],
): UnmappedLine[] {
  const file = scriptPath(name);
  const link = fields.get("link");
  const secrets = environmentPath(name);
  const odd = usesSecrets ? parseAssignments(fields.get("environment") ?? "").odd : [];
  const mode = files.find(({ path }) => path === file)?.mode ?? "";
  return [
    // Init systems skip such a file, so it would not start at boot.
    ...(/^$|^\d*[1357]\d\d$/.test(mode) ? [] : [{ file, line: `(it can't be executed: mode ${mode})` }]),
    ...(link === undefined ? [] : [{ file, line: `(it is a symbolic link to ${link})` }]),
    ...unmapped.map((line) => ({ file, line })),
    ...odd.map(({ number }) => ({ file: secrets, line: `line ${number} (not shown: the file holds secrets)` })),
    ...(usesSecrets ? readableByOthers(secrets, files) : []),
  ];
}

function warnings(name: string, fields: Fields, broken: boolean, definition: Definition): string[] {
  const policy = definition.restart?.policy ?? "never";
  const unguarded = policy !== "never" && fields.has("pid") && !fields.has("supervisor");
  return [
    ...(broken
      ? [`the pulumi-bots comment in ${scriptPath(name)} can't be parsed, so the service is treated as unmanaged`]
      : []),
    ...(unguarded
      ? [`its supervisor has exited, so nothing restarts the program; "${scriptPath(name)} start" starts it again`]
      : []),
  ];
}
