import type { RunState, Status } from "../../../../model/service";
import type { Fields } from "../../shell/step";

/** USER_HZ of proc(5), the ticks per second in /proc/PID/stat: 100 on all current architectures. */
const TICKS = 100;

/** A process that may be the main process of a service. */
export interface Candidate {
  pid: number;
  certainty: "own" | "known" | "named";
  zombie: boolean;
  parent: number;
  /** Start time, in ticks since boot. */
  born: number;
  argv: string[];
}

/** The processes in the fragment's output. */
export function candidates(fields: Fields): Candidate[] {
  return (fields.get("candidates") ?? "").split("\n").flatMap((line): Candidate[] => {
    const [, pid = "", certainty = "", rest = ""] = /^(\d+):(\w+):(.*)$/.exec(line) ?? [];
    if (pid === "") return [];
    const stat = rest.split(" ");
    return [
      {
        pid: Number(pid),
        certainty: certainty as Candidate["certainty"],
        zombie: /^[ZX]/.test(stat[0] ?? ""),
        parent: Number(stat[1]),
        born: Number(stat[19]),
        argv: (fields.get(`cmdline.${pid}`) ?? "").split("\0").slice(0, -1),
      },
    ];
  });
}

/**
 * The main process: the one that OpenRC records, if its environment or its living parent confirms it, otherwise one with our
 * variable in its environment. A pid that is only in a file counts if it runs the program that the definition names.
 */
export function mainProcess(fields: Fields, program: string | undefined): Candidate | undefined {
  const alive = candidates(fields).filter(({ zombie }) => !zombie);
  const child = Number(fields.get("child") || 0);
  const supervisor = Number(fields.get("supervisor") || 0);
  const recorded = alive.find(({ pid }) => pid === child);
  if (recorded && (recorded.certainty !== "named" || recorded.parent === supervisor)) return recorded;
  const known = alive.find(({ certainty }) => certainty === "own") ?? oldest(alive);
  const named = alive.find(
    ({ argv }) => program !== undefined && argv.slice(0, 3).some((word) => isProgram(word, program)),
  );
  return known ?? named;
}

/** Workers have the service's name in their environment, like their master. */
function oldest(alive: readonly Candidate[]): Candidate | undefined {
  const known = alive.filter(({ certainty }) => certainty === "known");
  const pids = new Set(known.map(({ pid }) => pid));
  return known.filter(({ parent }) => !pids.has(parent)).sort((a, b) => a.born - b.born)[0];
}

/**
 * The state of a service that somebody else wrote. OpenRC's record does not count when a process contradicts it, or when the
 * process could not be recognised, because a script can start a process without a record.
 */
export function stateOfOthers(fields: Fields, state: RunState, hasCommand: boolean): RunState {
  if (state.pid !== undefined || state.inTransit || state.status === "flapping") return state;
  const named = candidates(fields).filter(({ certainty, zombie }) => certainty === "named" && !zombie);
  const unknown = (reason: string): RunState => ({ ...state, status: "unknown", reason });
  if (named.length > 0) {
    const pids = named.map(({ pid }) => pid).join(", ");
    return unknown(`a pid file names pid ${pids}, and it is unknown whether that is the service`);
  }
  const started = (fields.get("marks") ?? "").split(" ").includes("started");
  if (started && !hasCommand) return unknown("OpenRC considers it started, but nothing shows which process it is");
  return state;
}

function isProgram(word: string, program: string): boolean {
  return word === program || (!program.startsWith("/") && word.endsWith(`/${program}`));
}

/** The state of a service, from OpenRC's records, corrected by the processes. */
export function parseState(fields: Fields, installed: boolean, main: Candidate | undefined): RunState {
  const marks = new Set((fields.get("marks") ?? "").split(" "));
  // The supervisor is new and has not started the program yet.
  const never = !Number(fields.get("child") || 0) && !Number(fields.get("count") || 0);
  const begins = Boolean(fields.get("supervisor")) && main === undefined && never;
  const { status, reason } = judge(fields, installed, main, begins ? new Set(["starting"]) : marks);
  return {
    status,
    ...(reason && { reason }),
    inTransit: begins || marks.has("starting") || marks.has("stopping"),
    restartCount: Number(fields.get("count") || 0),
    ...(main && {
      pid: main.pid,
      incarnation: `${main.pid}@${main.born}`,
      startedUptime: main.born / TICKS,
    }),
  };
}

function judge(
  fields: Fields,
  installed: boolean,
  main: Candidate | undefined,
  marks: ReadonlySet<string>,
): { status: Status; reason?: string } {
  if (main) return installed ? { status: "running" } : { status: "running", reason: "its script was deleted" };
  if (!installed && !marks.has("started")) return { status: "notInstalled" };
  if (fields.get("supervisor") && !marks.has("starting"))
    return { status: "flapping", reason: "its process has ended and will be restarted" };
  if (marks.has("starting")) return { status: "stopped", reason: "starting" };
  if (marks.has("failed"))
    return { status: "failed", reason: "gave up: started too often, or it could not be started" };
  if (marks.has("started")) {
    const supervised = fields.get("supervised") === "yes";
    const who = supervised ? "its supervisor and its process have" : "its process has";
    return { status: "failed", reason: `${who} ended; OpenRC still considers it started` };
  }
  return { status: "stopped" };
}

/** Warnings about running processes. */
export function processWarnings(name: string, fields: Fields, main: Candidate | undefined): string[] {
  if (!main) return [];
  const others = candidates(fields).filter(
    ({ certainty, pid, zombie }) => certainty === "own" && pid !== main.pid && !zombie,
  );
  const started = (fields.get("marks") ?? "").split(" ").includes("started");
  const unsupervised = fields.get("supervised") === "yes" && !fields.get("supervisor");
  return [
    ...(unsupervised
      ? [`the supervisor of ${name} has exited, so nothing restarts the program (OpenRC: unsupervised)`]
      : []),
    ...(!started && !unsupervised ? [`${name} runs (pid ${main.pid}), but OpenRC considers it stopped`] : []),
    ...(others.length > 0
      ? [`${name} runs more than once: pids ${[main, ...others].map(({ pid }) => pid).join(", ")}`]
      : []),
  ];
}
