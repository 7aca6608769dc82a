import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { call } from "../../shell/library";
import { logStep as stepOf } from "../common/log";
import { consoleLogPath } from "./name";

/** The last lines of upstart's log of the job, of its own files, and of what upstart said of it to the kernel. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  const after = call("kernel_end", ` init: ${name} `, 5);
  return stepOf({ files: logFiles(name, definition), user: definition.runAs?.user, lines, titled: true, after });
}

/** What a person types to see the log. */
export function logHint(name: string, { logs }: Definition): string {
  const own = [...new Set([logs?.stdout, logs?.stderr])].filter((file) => file !== undefined && file !== "discard");
  return `tail -n 100 ${(own.length ? own : [consoleLogPath(name)]).map((file) => shQuote(file!)).join(" ")}`;
}

function logFiles(name: string, { logs }: Definition): string[] {
  const files = [consoleLogPath(name), logs?.stdout, logs?.stderr];
  return [...new Set(files)].filter((file) => file !== undefined && file !== "discard") as string[];
}

/** The processes of the job's session: upstart starts each program as the leader of one. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("job_processes", name) });
