import type { Definition, Live, LiveFile, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../shell/step";
import { parseEnvironmentFile } from "./environmentFile";
import { dropInFolders, dropInsIn } from "../common/dropIns";
import { isHidden, liveFiles, parseStat, readableByOthers } from "../common/files";
import { parseMarker } from "../common/marker";
import { valuesOf } from "./directives";
import { environmentPath } from "../common/secrets";
import { unitName, unitPath } from "./name";
import { parseState, type Properties } from "./state";
import { parseUnit } from "./unit";
import { parseUnitFile, type UnitFile } from "./unitFile";

interface Source {
  path: string;
  text: string;
  unit: UnitFile;
  /** Whether some users of the host can't read it. */
  hidden: boolean;
}

/** The live service, from the fragment's output for a name. */
export function parseLive(name: string, fields: Fields): Live {
  const show = parseShow(fields.get("show") ?? "");
  if (!show.get("Names")?.split(" ").includes(unitName(name))) {
    throw new Error(`systemctl show gave no answer for ${unitName(name)}`);
  }
  const aliasOf = show.get("Id") === unitName(name) ? undefined : show.get("Id");
  const masked = isMasked(fields, show);
  const source = masked ? undefined : unitSource(name, fields, show);
  const marker = source?.path === unitPath(name) && !aliasOf ? parseMarker(source.unit.header) : undefined;
  const isOurs = marker !== undefined && marker !== "broken";
  // Even without a unit, or with one that systemd generates from an init script: these drop-ins will apply to our unit, too.
  const dropIns = masked ? [] : dropInSources(fields);
  const installed = masked || source !== undefined;
  const secret = !isOurs && [source, ...dropIns].some((one) => one?.hidden);
  const files = source ? liveFiles(name, { ...source, isPrivate: secret }, fields) : [];
  return {
    installed,
    ...(secret && { secret }),
    definition: source ? parseDefinition(name, fields, isOurs ? [source] : [source, ...dropIns]) : {},
    startMode: masked ? "disabled" : source && startsAtBoot(source, fields, show) ? "automatic" : "manual",
    masked,
    ...(isOurs && { marker }),
    ...(aliasOf && { aliasOf }),
    state: parseState(show, installed, conditionsIn(source ? [source, ...dropIns] : [])),
    files,
    unmapped: source ? unmappedLines(name, source, dropIns, isOurs, fields, files) : [],
    overrides: aliasOf ? [] : dropIns.map(({ path }) => path),
    warnings: installed ? warnings(name, fields, show, source, marker === "broken", aliasOf) : [],
  };
}

function parseShow(text: string): Properties {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/**
 * Whether the unit is masked: a link to /dev/null. An empty file masks, too, but a full disk also leaves empty files, so it
 * counts only if systemd agrees. Without a file or link in /etc, systemd tells about those in /run.
 */
function isMasked(fields: Fields, show: Properties): boolean {
  if (fields.get("link") === "/dev/null") return true;
  return !fields.get("unit") && show.get("LoadState") === "masked";
}

/** Lines that can make systemd skip a start. */
function conditionsIn(sources: readonly Source[]): string[] {
  const { unit = {} } =
    parseUnit(
      sources.flatMap(({ unit: { assignments } }) => assignments),
      { environmentFile: "" },
    ).options?.systemd ?? {};
  return Object.entries(unit).flatMap(([name, values]) =>
    name.startsWith("Condition") ? valuesOf(values).map((value) => `${name}=${value}`) : [],
  );
}

/**
 * Whether the unit starts at every boot: a link enables it, whoever created the link, even without [Install] (`static`). A
 * unit that only has other names or enables other units (`Alias=`, `Also=`) has no such link; there systemd tells. The
 * states `enabled-runtime`, `linked`, `indirect`, `generated` and `transient` don't count (systemctl(1), "is-enabled").
 */
function startsAtBoot({ unit }: Source, fields: Fields, show: Properties): boolean {
  if (fields.get("links")) return true;
  const linking = unit.assignments.some(
    (a) => a.section === "Install" && /^(WantedBy|RequiredBy|UpheldBy)$/.test(a.name),
  );
  return !linking && show.get("UnitFileState") === "enabled";
}

/** The unit's file. One in /etc overrides the one that systemd has loaded. A file generated from an init script does not count. */
function unitSource(name: string, fields: Fields, show: Properties): Source | undefined {
  const own = fields.get("unit");
  if (own !== undefined) return sourceOf(unitPath(name), own, fields);
  if (show.get("SourcePath")?.startsWith("/etc/init.d/")) return undefined;
  const other = fields.get("fragment");
  return other === undefined ? undefined : sourceOf(show.get("FragmentPath")!, other, fields);
}

function sourceOf(path: string, text: string, fields: Fields): Source {
  return { path, text, unit: parseUnitFile(text), hidden: isHidden(path, parseStat(fields.get("modes") ?? "")) };
}

/** Drop-ins in /etc that have an effect. */
function dropInSources(fields: Fields): Source[] {
  return dropInsIn(fields)
    .map((dropIn) => sourceOf(dropIn.path, dropIn.text, fields))
    .filter(({ unit }) => unit.assignments.length || unit.stray.length);
}

function parseDefinition(name: string, fields: Fields, sources: Source[]): Definition {
  const environmentText = fields.get("environment");
  return parseUnit(
    sources.flatMap(({ unit }) => unit.assignments),
    { environmentFile: environmentPath(name), ...(environmentText !== undefined && { environmentText }) },
  );
}

/** Lines that no property covers. For our units that includes all drop-ins; the unit of others includes its drop-ins. */
function unmappedLines(
  name: string,
  source: Source,
  dropIns: Source[],
  isOurs: boolean,
  fields: Fields,
  files: readonly LiveFile[],
): UnmappedLine[] {
  const lineOf = ({ path, hidden }: Source, line: string) => ({ file: path, line, ...(hidden && { secret: true }) });
  const stray = (one: Source) => one.unit.stray.map((line) => lineOf(one, line));
  const overriding = (one: Source) =>
    one.unit.assignments.map((assignment) => lineOf(one, `${assignment.name}=${assignment.value}`));
  const file = environmentPath(name);
  const odd = usesSecrets(name, source) ? parseEnvironmentFile(fields.get("environment") ?? "").odd : [];
  const link = isOurs ? fields.get("link") : undefined;
  return [
    ...(link ? [{ file: source.path, line: `(it is a symbolic link to ${link})` }] : []),
    ...stray(source),
    ...dropIns.flatMap((dropIn) => [...(isOurs ? overriding(dropIn) : []), ...stray(dropIn)]),
    ...odd.map((number) => ({ file, line: `line ${number} (not shown: the file holds secrets)` })),
    ...(isOurs && usesSecrets(name, source) ? readableByOthers(file, files) : []),
  ];
}

function usesSecrets(name: string, { unit }: Source): boolean {
  return unit.assignments.some((a) => a.name === "EnvironmentFile" && a.value === environmentPath(name));
}

function warnings(
  name: string,
  fields: Fields,
  show: Properties,
  source: Source | undefined,
  broken: boolean,
  aliasOf?: string,
): string[] {
  const dropIns = (show.get("DropInPaths") ?? "").split(" ").filter(Boolean);
  const elsewhere = dropIns.filter(
    (path) => !dropInFolders(unitName(name)).some((folder) => path.startsWith(`${folder}/`)),
  );
  return [
    aliasOf && `${unitName(name)} is only an alias of ${aliasOf}, whose state this is`,
    fields.get("runtime-links") &&
      !fields.get("links") &&
      `it is enabled only until the next boot (${fields.get("runtime-links")!.trim().replaceAll("\n", ", ")})`,
    /^(?!\/etc\/)./.test(fields.get("links") ?? "") &&
      `it starts at every boot, even when disabled, through ${fields.get("links")!.trim().replaceAll("\n", ", ")}`,
    source?.path.startsWith("/run/") && `${source.path} exists until the next boot only`,
    broken && `the pulumi-bots comment in ${unitPath(name)} can't be parsed, so the service is treated as unmanaged`,
    ...(aliasOf ? [] : elsewhere).map((path) => `${path} changes this service too`),
  ].filter((text) => typeof text === "string" && text !== "") as string[];
}
