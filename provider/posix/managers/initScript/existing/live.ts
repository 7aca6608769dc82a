import { sha256 } from "../../../../../model/hash";
import type { Live, LiveFile, RunState } from "../../../../../model/service";
import type { Fields } from "../../../shell/step";
import { parseStat } from "../../common/files";
import { isGeneric } from "../../../evidence/command";
import { judge, type Expected, type Judgement, type ProgramFile, type Seen } from "../../../evidence/judge";
import type { PidFile } from "../../../evidence/pidFile";
import { incarnationOf, processTable, TICKS, topmost, type Process, type Table } from "../../../evidence/table";
import { readInitScript, type ProgramReading, type ScriptFile } from "../../../importing";
import { scriptPath } from "../name";

/** An init script that is not ours. It is a program, so only running it would tell for certain what it does. */
export type ExistingScript = Required<Pick<Live, "observed" | "evidence">> &
  Pick<Live, "state" | "warnings"> & { sources: LiveFile[] };

export function parseExisting(name: string, fields: Fields, shared: Fields, text: string): ExistingScript {
  const script = { path: scriptPath(name), text, isPrivate: fields.has("private") };
  const { files, sources } = sourcesOf(fields);
  const reading = readInitScript(script, files);
  const table = processTable(shared);
  const expected = expectedOf(name, reading, fields, shared);
  const seen = seenOf(name, fields, shared, table);
  const judgement = bySystemd(name, judge(expected, seen), seen, fields);
  const boot = shared.get("boot") ?? "";
  return {
    observed: reading.observed,
    evidence: { programs: [...expected.programs], pidFiles: [...expected.pidFiles] },
    state: stateOf(judgement, boot),
    warnings: judgement.warnings,
    sources,
  };
}

/** A private file gets no hash, because the hash could reveal a secret. */
function hashOf({ text, isPrivate }: Pick<ScriptFile, "text" | "isPrivate">): { sha256?: string } {
  return isPrivate ? {} : { sha256: sha256(text) };
}

function sourcesOf(fields: Fields): { files: ScriptFile[]; sources: LiveFile[] } {
  const keys = [...fields.keys()].filter((key) => /^source\.\d+\.path$/.test(key));
  const files = keys.map((key): ScriptFile => {
    const of = (what: string) => fields.get(key.replace(/path$/, what));
    return { path: fields.get(key)!, text: of("text") ?? "", isPrivate: of("private") !== undefined };
  });
  const sources = files.map((file, i): LiveFile => {
    const stat = parseStat(fields.get(keys[i]!.replace(/path$/, "stat")) ?? "").get(file.path);
    return { path: file.path, owner: "", mode: "", ...stat, ...hashOf(file) };
  });
  // A file that the script only mentions is not part of it.
  return { files, sources: sources.filter(({ path }) => /^\/etc\/(default|sysconfig|conf\.d)\//.test(path)) };
}

function expectedOf(name: string, reading: ProgramReading, fields: Fields, shared: Fields): Expected {
  const daemon = fields.get("daemon");
  // Debian's own scripts have their program in this variable, however they start it.
  const isNamed = daemon !== undefined && !isGeneric(daemon) && hasProgram(fields, daemon);
  const hinted = (fields.get("pidfiles") ?? "").split("\n").filter(Boolean).map(runPath);
  const isKnown = reading.programs.length > 0 && !reading.ambiguous;
  const programs = isNamed && !isKnown ? [daemon] : reading.programs;
  return {
    programs,
    ...(reading.command !== undefined && isKnown && { command: reading.command }),
    pidFiles: reading.pidFiles.map(runPath),
    usualPidFiles: [...new Set([`/run/${name}.pid`, `/run/${name}/${name}.pid`, ...hinted])],
    ...(reading.user !== undefined && { user: { name: reading.user, ...uidOf(reading.user, shared) } }),
    ambiguous: reading.ambiguous && !isNamed,
  };
}

function hasProgram(fields: Fields, program: string): boolean {
  return (fields.get("program.inodes") ?? "").split("\n").some((line) => line.slice(line.indexOf(" ") + 1) === program);
}

function uidOf(user: string, shared: Fields): { uid?: number } {
  if (/^\d+$/.test(user)) return { uid: Number(user) };
  const line = (shared.get("passwd") ?? "").split("\n").find((one) => one.startsWith(`${user}:`));
  const uid = Number(line?.split(":")[2]);
  return Number.isNaN(uid) ? {} : { uid };
}

/** On a host that has both, /var/run is a link to /run. */
const runPath = (path: string) => path.replace(/^\/var\/run\//, "/run/");

function seenOf(name: string, fields: Fields, shared: Fields, table: Table): Seen {
  const asked = new Set((shared.get("pidfiles.asked") ?? "").split("\n").map(runPath));
  return {
    table,
    pidFiles: pidFilesOf(shared),
    lookedAt: (path) => asked.has(path) || /^\/run\/([^/]+\/)?[^/]+\.pid$/.test(path),
    programFiles: programFilesOf(fields),
    starting: startingOf(name, table),
    ...(fields.has("unit") && { unit: `${name}.service` }),
  };
}

function pidFilesOf(shared: Fields): Map<string, PidFile> {
  const texts = headsOf(shared.get("pidfiles.text") ?? "");
  const files = (shared.get("pidfiles.stat") ?? "").split("\n").flatMap((line): [string, PidFile][] => {
    const [, written, owner, group, mode, path = ""] = /^(\d+) (\d+) (\d+) ([0-7]+) (\/.*)$/.exec(line) ?? [];
    const text = texts.get(path);
    if (text === undefined) return [];
    const numbers = { written: Number(written), owner: Number(owner), group: Number(group) };
    return [[runPath(path), { path: runPath(path), text, ...numbers, mode: Number.parseInt(mode!, 8) }]];
  });
  return new Map(files);
}

function programFilesOf(fields: Fields): Map<string, ProgramFile> {
  const heads = headsOf(fields.get("program.heads") ?? "");
  return new Map(
    (fields.get("program.inodes") ?? "").split("\n").flatMap((line): [string, ProgramFile][] => {
      const [, inode, path] = /^(\S+) (\/.*)$/.exec(line) ?? [];
      if (inode === undefined || path === undefined) return [];
      const [, interpreter = "", next] = /^#! *(\S+)(?:[ \t]+(\S+))?/.exec(heads.get(path) ?? "") ?? [];
      const real = interpreter.endsWith("/env") ? (next ?? "") : interpreter;
      return [[path, { inode, ...(real !== "" && { interpreter: real }) }]];
    }),
  );
}

/** Splits the output of head(1) for several files, which has a header line above each. */
function headsOf(text: string): Map<string, string> {
  const parts = text.split(/(?:^|\n)==> (\/.*) <==\n/);
  const found = new Map<string, string>();
  for (let i = 1; i + 1 < parts.length; i += 2) found.set(parts[i]!, parts[i + 1]!);
  return found;
}

/** The processes of the script itself, which is starting or stopping something, or never exits. */
function startingOf(name: string, { processes }: Table): Process | undefined {
  const isLink = (word: string) =>
    word.endsWith(name) && /\/rc[S0-6]\.d\/[SK]\d\d$/.test(word.slice(0, word.length - name.length));
  const isScript = (word: string) => word === scriptPath(name) || isLink(word);
  return [...processes.values()].find(({ argv, contained }) => {
    const at = argv.slice(0, 3).findIndex(isScript);
    return !contained && at >= 0 && /^(start|restart|try-restart|force-reload)$/.test(argv[at + 1] ?? "");
  });
}

/**
 * On a host with systemd, the control group tells: the script has started every process in it. When it is empty, either
 * systemd has not started the script and nothing runs, or everything that the script started has exited.
 */
function bySystemd(name: string, judgement: Judgement, seen: Seen, fields: Fields): Judgement {
  const { table, unit } = seen;
  if (unit === undefined) return judgement;
  const group = [...table.processes.values()].filter((process) => process.unit === unit && process !== seen.starting);
  const active = /^ActiveState=(.*)$/m.exec(fields.get("unit") ?? "")?.[1];
  if (group.length > 0) {
    const tops = topmost(group, table);
    const byFile = judgement.process && group.includes(judgement.process) ? judgement.process : undefined;
    const [oldest] = [...tops].sort((a, b) => a.started - b.started);
    const process = byFile ?? oldest!;
    return { status: "running", process, warnings: judgement.warnings };
  }
  if (judgement.status === "running") {
    const where = judgement.process?.unit;
    const apart = `${name} runs (pid ${judgement.process?.pid}) outside of the control group of ${unit}: it was not started by systemd`;
    return { ...judgement, warnings: [...judgement.warnings, where === undefined ? apart : `${apart}, in ${where}`] };
  }
  if (active === "inactive" && judgement.nothingFound) return { status: "stopped", warnings: judgement.warnings };
  const hasEnded = active === "failed" || (active === "active" && judgement.status === "stopped");
  if (!hasEnded || !(judgement.nothingFound || judgement.status === "stopped")) return judgement;
  const reason =
    active === "failed"
      ? "its script failed (systemctl status shows why)"
      : "its processes have exited, but systemd still considers it started";
  return { status: "failed", reason, warnings: judgement.warnings };
}

function stateOf({ status, process, reason }: Judgement, boot: string): RunState {
  const common = { status, restartCount: 0, inTransit: false, ...(reason !== undefined && { reason }) };
  if (!process) return common;
  return {
    ...common,
    pid: process.pid,
    incarnation: incarnationOf(process, boot),
    startedUptime: process.started / TICKS,
  };
}
