import type { Live, RunState, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../shell/step";
import { liveFiles, parseStat } from "../common/files";
import { parseMarker } from "../common/marker";
import { parseJobFile } from "./jobFile";
import { jobPath, overridePath } from "./name";
import { parseJob, type Job, type ParseContext, type Source } from "./parse";
import { isProgram, readProgram, type ProgramContext } from "./program";
import { machineryHash, renderJob, writtenHash } from "./render";
import { parseState } from "./state";

/** The live service, from the fragment's output for a name. */
export function parseLive(name: string, fields: Fields): Live {
  const status = fields.get("status");
  if (status === undefined) throw new Error(`initctl status gave no answer for ${name}`);
  const conf = fields.get("conf");
  const installed = conf !== undefined;
  const source: Source = { path: jobPath(name), file: parseJobFile(conf ?? "") };
  const marker = parseMarker(source.file.header);
  const ours = marker !== undefined && marker !== "broken";
  const override = installed ? overrideSource(name, fields) : undefined;
  const context: ParseContext = { ours, programs: programs(fields), ...secretsOf(fields) };
  const sources = override && !ours ? [source, override] : [source];
  const about = programContext(name, fields);
  // The content of a private job is shown as a secret only; a definition would reveal it.
  const isObserved = installed && !ours && (about.isPrivate || isProgram(sources));
  const program = isObserved ? readProgram(name, sources, about) : undefined;
  const job = parseJob(name, sources, context);
  const automatic = override ? parseJob(name, [source, override], context).automatic : job.automatic;
  const state = parseState({ status, born: fields.get("born"), kernel: fields.get("kernel"), installed });
  const overriding = override?.file.stanzas.some((stanza) => stanza.name !== "manual") || override?.file.stray.length;
  return {
    installed,
    definition: installed && !program ? job.definition : {},
    startMode: installed && automatic ? "automatic" : "manual",
    masked: false,
    ...(ours && { marker }),
    state: ours || !installed ? state : ofOthers(name, source, fields, state),
    files: installed ? liveFiles(name, { path: jobPath(name), text: conf }, fields) : [],
    unmapped: [
      ...(ours ? changedMachinery(name, source, job) : []),
      ...(program ? [] : job.unmapped),
      ...(ours && override ? overrideLines(override) : []),
      ...(ours && fields.has("link")
        ? [{ file: source.path, line: `(it is a symbolic link to ${fields.get("link")})` }]
        : []),
    ],
    ...(program && { observed: program.observed }),
    overrides: overriding ? [override!.path] : [],
    warnings: installed ? warnings(name, source, marker === "broken", ours, status) : [],
  };
}

/**
 * For a job that somebody else wrote, upstart's record is the evidence. It does not count for a job with instances, which has
 * several records, or when `expect` has made upstart follow the wrong process.
 */
function ofOthers(name: string, { file }: Source, fields: Fields, state: RunState): RunState {
  const { pid, incarnation: _, startedUptime: __, ...rest } = state;
  if (hasInstances(name, fields.get("status") ?? "")) {
    const reason = `${name} has several instances, and it is unknown which one is meant`;
    return { ...rest, status: "unknown", inTransit: false, reason };
  }
  const expects = file.stanzas.find((one) => one.name === "expect");
  if (expects && pid !== undefined && !fields.has("born")) {
    const reason = `upstart names pid ${pid}, which is gone: "${expects.line.trim()}" does not match what its program does`;
    return { ...rest, status: "unknown", inTransit: false, reason };
  }
  return state;
}

const hasInstances = (name: string, status: string) => status.split("\n").some((line) => line.startsWith(`${name} (`));

function overrideSource(name: string, fields: Fields): Source | undefined {
  const text = fields.get("override");
  return text === undefined ? undefined : { path: overridePath(name), file: parseJobFile(text) };
}

function programContext(name: string, fields: Fields): ProgramContext {
  const mode = parseStat(fields.get("stat") ?? "").get(jobPath(name))?.mode ?? "0644";
  return { isPrivate: !/[4567]$/.test(mode), programs: programs(fields) };
}

function secretsOf(fields: Fields): Pick<ParseContext, "secrets"> {
  const secrets = fields.get("environment");
  return secrets === undefined ? {} : { secrets };
}

function programs(fields: Fields): Map<string, string> {
  const found = [...fields].filter(([key]) => key.startsWith("program."));
  return new Map(found.map(([key, path]) => [key.slice("program.".length), path]));
}

/** Lines of our own scripts that somebody changed: those that this version would not write, or one line that reports a change. */
function changedMachinery(name: string, { path, file }: Source, job: Job): UnmappedLine[] {
  const usual = machineryOf(name, job.definition);
  const hash = machineryHash(job.machinery);
  if (writtenHash(file.header) === hash || machineryHash(usual) === hash) return [];
  const strange = job.machinery.filter((line) => !usual.includes(line));
  const lines = strange.length ? strange : ["(a line of its scripts has been taken away or moved)"];
  return lines.map((line) => ({ file: path, line }));
}

/** The lines of the scripts in our job file that are not properties. */
export function machineryOf(name: string, definition: Live["definition"]): string[] {
  const source = { path: jobPath(name), file: parseJobFile(renderJob(name, definition)) };
  return parseJob(name, [source], { ours: true }).machinery;
}

/** Every line of an override for our job is unmapped, except `manual`, which is the start mode. */
function overrideLines({ path, file }: Source): UnmappedLine[] {
  const stanzas = file.stanzas.filter(({ name }) => name !== "manual").map(({ line }) => line);
  return [...stanzas, ...file.stray].map((line) => ({ file: path, line }));
}

function warnings(name: string, { path, file }: Source, broken: boolean, ours: boolean, status: string): string[] {
  const has = (stanza: string) => file.stanzas.some((one) => one.name === stanza);
  return [
    broken && `the pulumi-bots comment in ${path} can't be parsed, so the service is treated as unmanaged`,
    !ours && !has("stop on") && `${path} has no "stop on": nothing stops ${name} before the host goes down`,
    has("reload signal") &&
      !ours &&
      `${path} has "reload signal", which is not taken over, because a reload signal ends the Bots daemons`,
    ours && hasInstances(name, status) && `${name} has several instances, which are not distinguished`,
  ].filter((text) => typeof text === "string");
}
