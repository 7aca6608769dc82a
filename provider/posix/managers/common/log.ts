import type { Definition } from "../../../../model/service";
import { shWords } from "../../shell/quote";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";

export interface LogSources {
  files: readonly string[];
  /** Whose eyes read a file of which others than root can change the path: it may be a link to what only root may read. */
  user: string | undefined;
  /** How many lines of each. */
  lines: number;
  /** Each file is named above its lines; else only where there are several. */
  titled?: boolean;
  /** Calls that print more, in front of the files' lines and behind them. */
  before?: string;
  after?: string;
}

/** Emits `log`: the last lines of the files that a service logs to, and of whatever else tells of it. It never fails. */
export function logStep({ files, user, lines, titled = files.length > 1, before = "", after = "" }: LogSources): Step {
  const script = call("tell_log", lines, user ?? "root", titled ? "titled" : "", before, after, ...files);
  return { name: "log", script };
}

/** The files that a service logs to; `unset` is the one that its manager takes when nothing is said. */
export function logFiles({ logs }: Definition, unset?: string): string[] {
  const stdout = logs?.stdout ?? unset;
  const files = new Set([stdout, logs?.stderr ?? stdout]);
  return [...files].filter((file) => file !== undefined).filter((file) => file !== "discard");
}

/** What a person types to see them, or `otherwise`. */
export function logCommand(files: readonly string[], otherwise: string): string {
  return files.length > 0 ? `tail -n 100 ${shWords(files)}` : otherwise;
}
