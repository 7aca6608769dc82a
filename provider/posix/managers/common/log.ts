import type { Definition } from "../../../../model/service";
import { shWords } from "../../shell/quote";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";

export interface LogSources {
  files: readonly string[];
  /** The user who reads a file in a path that others than root can change: it may be a link to a file for root alone. */
  user: string | undefined;
  /** How many lines of each file. */
  lines: number;
  /** Prints the name of each file above its lines, even if there is only one. */
  titled?: boolean;
  /** Calls that print more lines before and after those of the files. */
  before?: string;
  after?: string;
}

/** Emits `log`: the last lines of the files that a service logs to, and of its other logs. Never fails. */
export function logStep({ files, user, lines, titled = files.length > 1, before = "", after = "" }: LogSources): Step {
  const script = call("tell_log", lines, user ?? "root", titled ? "titled" : "", before, after, ...files);
  return { name: "log", script };
}

/** The files that a service logs to. `unset` is the file that its manager uses by default. */
export function logFiles({ logs }: Definition, unset?: string): string[] {
  const stdout = logs?.stdout ?? unset;
  const files = new Set([stdout, logs?.stderr ?? stdout]);
  return [...files].filter((file) => file !== undefined).filter((file) => file !== "discard");
}

/** The command that shows these files. `otherwise` is for a service without log files. */
export function logCommand(files: readonly string[], otherwise: string): string {
  return files.length > 0 ? `tail -n 100 ${shWords(files)}` : otherwise;
}
