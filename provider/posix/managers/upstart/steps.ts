import { call } from "../../shell/library";
import type { Definition, Live, StartMode } from "../../../../model/service";
import type { HostFile, Step } from "../../shell/step";
import type { Change } from "../driver";
import { logFiles } from "../common/log";
import { writeFiles } from "../common/put";
import { STOP_SECONDS } from "./helpers";
import { parseJobFile } from "./jobFile";
import { jobPath, overridePath } from "./name";
import { parseJob } from "./parse";

/** The steps of a change: files, boot, process. In this order, a crash after any step leaves a consistent state. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  return [
    ...(change.write ? [{ name: "write files", script: writeFiles(change.write) }] : []),
    // A write also replaces the former source of the start mode: an override, or a job without `start on`.
    ...startModeSteps(change.name, change.startMode ?? (change.write ? live.startMode : undefined)),
    ...(change.write || change.startMode || starts ? [RELOAD_CONFIGURATION] : []),
    ...actionSteps(change, live),
  ];
}

/** Makes upstart read its files again. */
export const RELOAD_CONFIGURATION: Step = { name: "reload-configuration", script: "job_reload_configuration" };

/** Seconds that upstart may need to stop a job, besides the job's own time limit. */
const SPARE_SECONDS = 45;

/** Stops a job, even if its file is missing. */
export function stopStep(name: string, { stop }: Definition): Step {
  const seconds = Math.ceil(stop?.timeoutSeconds ?? STOP_SECONDS) + SPARE_SECONDS;
  return { name: "stop", script: call("job_stop", name, seconds) };
}

/** Sets the start mode: `manual` in the override. `disabled` is written in the same way. */
function startModeSteps(name: string, mode: StartMode | undefined): Step[] {
  if (mode === undefined) return [];
  const path = overridePath(name);
  return mode === "automatic"
    ? [{ name: "enable", script: call("job_automatic", path) }]
    : [{ name: "disable", script: call("job_manual", path) }];
}

function actionSteps({ name, action, write }: Change, live: Live): Step[] {
  const starting: Step = { name: "start", script: call("job_start", name) };
  switch (action) {
    case "none":
      return [];
    case "stop":
      return [stopStep(name, live.definition)];
    case "reload": {
      const signal = (definitionIn(name, write?.files) ?? live.definition).reload?.signal?.replace(/^SIG/, "");
      return [{ name: "reload", script: call("job_reload", name, signal ?? "HUP") }];
    }
    case "start":
      return [...logSteps(name, live, write?.files), starting];
    case "restart":
      // `initctl restart` would keep the old definition.
      return [...logSteps(name, live, write?.files), stopStep(name, live.definition), starting];
  }
}

function definitionIn(name: string, files: readonly HostFile[] | undefined): Definition | undefined {
  const job = files?.find(({ path }) => path === jobPath(name));
  return job && parseJob(name, [{ path: job.path, file: parseJobFile(job.content) }], { ours: true }).definition;
}

/**
 * Creates log files for the program's user, who opens them and may not be allowed to create them. Skips a directory in which
 * others could place a link.
 */
function logSteps(name: string, live: Live, files: readonly HostFile[] | undefined): Step[] {
  const definition = definitionIn(name, files) ?? live.definition;
  const { runAs } = definition;
  const paths = logFiles(definition);
  if (!paths.length || runAs?.user === undefined) return [];
  const owner = `${runAs.user}:${runAs.group ?? ""}`;
  return [{ name: "log files", quiet: true, script: call("job_logs", owner, ...paths) }];
}
