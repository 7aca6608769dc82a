import { call } from "../../shell/library";
import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { logStep as stepOf } from "../common/log";
import { defaultLog } from "./name";

/** The last lines of the files that the service logs to. OpenRC itself only tells syslog, if there is one. */
export function logStep(name: string, definition: Definition, lines: number): Step {
  return stepOf({ files: logFiles(name, definition), user: definition.runAs?.user, lines });
}

/** What a person types to see the log. */
export function logHint(name: string, definition: Definition): string {
  const files = logFiles(name, definition);
  return files.length > 0 ? `tail -n 100 ${files.map(shQuote).join(" ")}` : `rc-service ${name} status`;
}

/** The main process with its session and what came of it; one that is not ours is known by OpenRC's records. */
export const processesStep = (name: string): Step => ({ name: "processes", script: call("openrc_processes", name) });

function logFiles(name: string, { logs }: Definition): string[] {
  const stdout = logs?.stdout ?? defaultLog(name);
  return [...new Set([stdout, logs?.stderr ?? stdout])].filter((file) => file !== "discard");
}
