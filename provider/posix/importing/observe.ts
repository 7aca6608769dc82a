import type { Observation } from "../../../model/service";
import type { Shell } from "./shell";
import type { Launch } from "./launch";
import type { ProgramReading } from "./reading";
import type { Field, Reason, Value } from "./state";

/** Arguments that ask for something other than running as a daemon: a program that gets them may start anything. */
const ORDERS =
  /^-*(start|stop|restart|reload|status|check|test|configtest|graceful|migrate|init|setup|upgrade|create|prepare)$/;
const SHELLS = /\/((ba|da|k|z)?sh|env|busybox)$/;

export interface Started {
  launches: readonly Launch[];
  pidFiles: readonly Value[];
  /** The script can't be parsed. */
  unreadable?: string | undefined;
  file: string;
  isPrivate: boolean;
}

/** Pid files that are passed to starters, and the values of variables with a name for one. */
export function pidFilesOf(shell: Shell): Value[] {
  const named = [...shell.state.variables].filter(([name]) => /^(\w*_)?pid_?file$/i.test(name));
  return [...shell.pidFiles, ...named.map(([, value]) => value)];
}

/** What is known about the one program that a script starts. For several programs, only that there are several. */
export function observe({ launches, pidFiles, unreadable, file, isPrivate }: Started): ProgramReading {
  const observed: Observation[] = [];
  const add = (property: string, value: Pick<Value, "reason" | "secret">, said: unknown, at: Place) => {
    const { reason } = value;
    const { file, line } = reason ?? at;
    const secret = (isPrivate || value.secret === true || reason?.secret === true) && { secret: true };
    observed.push({ property, ...(reason ? { unknown: reason.why } : { value: said }), file, line, ...secret });
  };
  const reading: ProgramReading = { observed, programs: programsOf(launches), pidFiles: [], ambiguous: true };
  const [launch] = launches;
  if (unreadable !== undefined || !launch) {
    const unknown = unreadable ?? "no line of it starts a program that can be told";
    observed.push({ property: "command", unknown, file, ...(isPrivate && { secret: true }) });
  } else if (launches.length > 1) {
    const lines = [...new Set(launches.map(({ line }) => line))].sort((a, b) => a - b).slice(0, 9);
    const why = `it may start several programs (lines ${lines.join(", ")})`;
    add("command", { reason: { why, file: launch.file, line: launch.line } }, undefined, launch);
  } else {
    reading.ambiguous = launch.reason !== undefined;
    const command = commandOf(launch);
    add("command", command, command.argv, launch);
    if (command.argv) reading.command = command.argv;
    for (const [property, value] of properties(launch)) add(property, doubted(value, launch), value.text, value);
    if (launch.environment) add("environment", { reason: launch.environment }, undefined, launch);
    const { user } = launch;
    if (user && !user.reason && !launch.reason) reading.user = user.text;
  }
  for (const value of pidFiles) {
    const path = value.reason || !/^\/[\w@%+:,./-]+$/.test(value.text) ? undefined : runFolder(value.text);
    if (path === undefined || path.split("/").includes("..") || reading.pidFiles.includes(path)) continue;
    reading.pidFiles.push(path);
    add("pidFile", value, path, value);
  }
  return reading;
}

type Place = Pick<Value, "file" | "line">;

function properties(launch: Launch): [string, Value][] {
  const slots = {
    ...{ workingDirectory: launch.cwd, umask: launch.umask, "runAs.user": launch.user, "runAs.group": launch.group },
    ...{ "logs.stdout": launch.stdout, "logs.stderr": launch.stderr },
  };
  const variables = launch.environment ? [] : [...launch.variables];
  return [
    ...Object.entries(slots).filter((slot): slot is [string, Value] => slot[1] !== undefined),
    ...variables.map(([name, value]): [string, Value] => [`environment.${name}`, value]),
  ];
}

/** `/var/run` is a link to `/run` on every current host, so both names mean one file. */
const runFolder = (path: string) => (path.startsWith("/var/run/") ? path.slice("/var".length) : path);

const doubted = (value: Value, { reason }: Launch): Value => (value.reason || !reason ? value : { ...value, reason });

/** The argv if it is certain, or why it is not. */
function commandOf(launch: Launch): { argv?: string[]; reason?: Reason; secret?: boolean } {
  const { argv, stays } = launch;
  const no = (why: string): Reason => ({ why, file: launch.file, line: launch.line });
  const secret = argv.some((field) => field.secret) && { secret: true };
  const program = argv[0]?.text ?? "";
  const isOrder = !stays && (/ctl2?$/.test(program) || argv.slice(1).some(({ text }) => ORDERS.test(text)));
  const reason =
    launch.reason ??
    argv.find((field) => field.reason)?.reason ??
    (program.startsWith("/") ? undefined : no("it names its program without a folder")) ??
    (SHELLS.test(program) ? no(`${program} is started, and what that runs is not read`) : undefined) ??
    (isOrder ? no(`what ${program} starts can't be told`) : undefined);
  return reason ? { reason, ...secret } : { argv: argv.map(({ text }) => text), ...secret };
}

/** Programs that are started as daemons come first; the others are only used if there are none. */
function programsOf(launches: readonly Launch[]): string[] {
  const isProgram = ([field]: readonly Field[]) =>
    /^\/[\w@%+:,./ -]+$/.test(field?.text ?? "") && !SHELLS.test(field!.text);
  const all = launches.filter(({ argv }) => isProgram(argv));
  const staying = all.filter(({ stays }) => stays);
  const doubt = ({ reason, argv }: Launch) => (reason || argv[0]!.reason ? 1 : 0);
  const sorted = [...(staying.length > 0 ? staying : all)].sort((one, two) => doubt(one) - doubt(two));
  return [...new Set(sorted.map(({ argv }) => argv[0]!.text))];
}
