import { posix } from "node:path";
import type { Definition, RunState, UnmappedLine } from "../../../../model/service";
import type { Fields } from "../../../../model/step";
import { USUAL_ACTIONS } from "./boilerplate";
import { findDaemon, runPath, type Found } from "./choose";
import { describe } from "./definition";
import { readHeader } from "./header";
import type { Launch } from "./launch";
import { scriptWarnings } from "./warnings";
import type { Surroundings } from "./builtins";
import { Walk } from "./walk";

/** A hand-made init script as a service: what its properties would be, how it runs, and what no property covers. */
export interface Foreign {
  definition: Definition;
  state: RunState;
  unmapped: UnmappedLine[];
  warnings: string[];
}

/** Clock ticks in a second: the same on all Linux systems (USER_HZ). */
const TICKS = 100;

export function parseForeign(name: string, fields: Fields, scriptText: string): Foreign {
  const script = `/etc/init.d/${name}`;
  const around = surroundings(script, fields, scriptText);
  const header = readHeader(scriptText, script);
  const read = readActions(around);
  const { start } = read;
  const launch = chosen(start);
  const pidFile = pidFileOf(name, launch, start, read.stop);
  const texts = [...around.files.values()].map(({ text }) => text);
  const expected = { ...expectedOf(launch, around), pidFile, text: texts.join("\n") };
  const daemon = findDaemon(fields, expected);
  const described = describe(launch, start, daemon, fields);
  const command = daemon.command ?? expected.command;
  const lsb = { ...header.options, ...(isUsual(pidFile, name) ? {} : { pidFile }) };
  const stop = stopOf(read.stop);
  const shown = (found: UnmappedLine): UnmappedLine =>
    around.files.get(found.file)?.isPrivate === true
      ? { ...found, line: "(not shown: not everybody may read it)" }
      : found;
  const line = (text: string): UnmappedLine => ({ file: script, line: text });
  return {
    definition: {
      ...(header.displayName !== undefined && { displayName: header.displayName }),
      ...(header.description !== undefined && { description: header.description }),
      ...(command && { command }),
      ...described.definition,
      ...(header.requires && { requires: header.requires }),
      ...(stop && { stop }),
      ...(Object.keys(lsb).length > 0 && { options: { lsb } }),
    },
    state: stateOf(daemon, fields.get("foreign.boot") ?? ""),
    unmapped: [
      ...header.lost,
      ...(command ? [] : [line(launch?.source ?? "(no line that starts a program is understood)")]),
      ...start.unread.map(line),
      ...lostOf(start, launch),
      ...[...(launch?.lost ?? []), ...described.lost].map(line),
      ...[...start.actions].filter((action) => !USUAL_ACTIONS.has(action)).map((action) => line(`${action})`)),
    ].map(shown),
    warnings: [
      ...(read.problem === undefined ? [] : [`${script} can't be read as a shell script: ${read.problem}`]),
      ...scriptWarnings(script, launch, expected.command, daemon, start, read.reload),
      ...described.warnings,
      ...daemon.warnings,
    ],
  };
}

function surroundings(script: string, fields: Fields, text: string): Surroundings {
  const files = new Map([[script, { text, isPrivate: fields.has("foreign.private") }]]);
  for (const [key, path] of fields) {
    if (!/^foreign\.file\.\d+\.path$/.test(key)) continue;
    const content = fields.get(key.replace(/path$/, "text")) ?? "";
    files.set(path, { text: content, isPrivate: fields.has(key.replace(/path$/, "private")) });
  }
  return { script, text, files, programs: new Set((fields.get("foreign.programs") ?? "").split("\n").filter(Boolean)) };
}

interface Actions {
  start: Walk;
  stop: Walk;
  reload: Walk;
  problem?: string;
}

function readActions(around: Surroundings): Actions {
  const all = (from: Surroundings) => ({
    start: new Walk(from, "start"),
    stop: new Walk(from, "stop"),
    reload: new Walk(from, "reload"),
  });
  try {
    return all(around);
  } catch (error) {
    return { ...all({ ...around, text: "" }), problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The line that starts the daemon: the first one whose program is known. */
function chosen({ launches, foreground }: Walk): Launch | undefined {
  const candidates = launches.length > 0 ? launches : foreground.slice(-1);
  return candidates.find(({ argv }) => argv[0]?.unknown === undefined) ?? candidates[0];
}

function expectedOf(launch: Launch | undefined, around: Surroundings) {
  const [first, ...rest] = launch?.argv ?? [];
  const operators = launch?.operators ?? [];
  if (launch === undefined || first === undefined || first.unknown !== undefined) return { operators };
  const folders = (launch.environment.get("PATH")?.text ?? "").split(":");
  const program = first.text.startsWith("/")
    ? first.text
    : first.text.includes("/")
      ? launch.workingDirectory?.unknown === undefined &&
        posix.resolve(launch.workingDirectory?.text ?? "/", first.text)
      : folders.map((folder) => `${folder}/${first.text}`).find((path) => around.programs.has(path));
  if (!program) return { operators };
  const unknown = rest.findIndex((field) => field.unknown !== undefined);
  const words = [program, ...rest.map(({ text }) => text)];
  if (unknown >= 0) return { operators, program, beginning: words.slice(0, unknown + 1) };
  return { operators, program, command: words };
}

function pidFileOf(name: string, launch: Launch | undefined, start: Walk, stop: Walk): string {
  const variables = [...start.variables].filter(([key]) => /^_?pid_?file$/i.test(key)).map(([, value]) => value);
  const candidates = [launch?.pidFile, start.pidFile, ...stop.pidFiles, ...variables];
  const known = candidates.find((field) => field?.unknown === undefined && /^\/(?!dev\/)./.test(field?.text ?? ""));
  return known?.text ?? `/var/run/${name}.pid`;
}

const isUsual = (pidFile: string, name: string) => runPath(pidFile) === `/run/${name}.pid`;

function stopOf({ sent }: Walk): Definition["stop"] {
  const [first] = sent;
  const stop = {
    ...(first && first.signal !== "SIGTERM" && first.signal !== "SIGKILL" && { signal: first.signal }),
    ...(first?.timeoutSeconds !== undefined && { timeoutSeconds: first.timeoutSeconds }),
  };
  return Object.keys(stop).length > 0 ? stop : undefined;
}

function stateOf({ process, reason }: Found, boot: string): RunState {
  if (!process)
    return { status: "stopped", restartCount: 0, inTransit: false, ...(reason !== undefined && { reason }) };
  const { pid, started } = process;
  return {
    ...{ status: "running", pid, incarnation: `${pid}@${started}@${boot}`, restartCount: 0 },
    ...{ startedUptime: started / TICKS, inTransit: false },
  };
}

/** Commands beside the start of the daemon, and other daemons. */
function lostOf(start: Walk, launch: Launch | undefined): UnmappedLine[] {
  const more = start.launches.filter(({ argv }) => argvText(argv) !== argvText(launch?.argv ?? []));
  const lines = more.map(({ source, file }) => ({ file, line: source }));
  const lost = start.lost.filter(({ line }) => start.launches.length > 0 || line !== launch?.source);
  return [...lost, ...lines].filter((one, i, all) => all.findIndex(({ line }) => line === one.line) === i);
}

const argvText = (argv: Launch["argv"]) => argv.map(({ text, unknown }) => unknown ?? text).join("\0");
