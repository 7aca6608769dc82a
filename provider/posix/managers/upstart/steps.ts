import { shQuote } from "../../shell/quote";
import type { Definition, Live, StartMode } from "../../../../model/service";
import type { HostFile, Step } from "../../shell/step";
import type { Change } from "../driver";
import { put } from "../common/put";
import { parseJobFile } from "./jobFile";
import { jobPath, overridePath } from "./name";
import { parseJob } from "./parse";
import { findMain, RELOAD_CONFIGURATION, start, stop } from "./shell";

/** The steps of a change, in the order in which each of them may be the last before a crash: files, boot, process. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  return [
    ...(change.write ? [{ name: "write files", script: writeFiles(change.write) }] : []),
    // A write also replaces what made the start mode before: an override, or a job without `start on`.
    ...startModeSteps(change.name, change.startMode ?? (change.write ? live.startMode : undefined)),
    ...(change.write || change.startMode || starts
      ? [{ name: "reload-configuration", script: RELOAD_CONFIGURATION }]
      : []),
    ...actionSteps(change, live),
  ];
}

/** The job comes last, so that it never names a file that is not there. */
function writeFiles({ files, remove }: NonNullable<Change["write"]>): string {
  return [
    ...[...files].reverse().map((file) => `${put(file)} || return`),
    ...remove.map((path) => `rm -f ${shQuote(path)} || return`),
    "return 0",
  ].join("\n");
}

/** `manual` in the override is the start mode; a disabled one is not started at boot either. */
function startModeSteps(name: string, mode: StartMode | undefined): Step[] {
  const path = overridePath(name);
  if (mode === undefined) return [];
  if (mode === "automatic") {
    // Of an override only that word is ours to take: other lines are drift, and go with the next write.
    const script = `
[ -f ${shQuote(path)} ] || return 0
rest=$(grep -v '^[ \\t]*manual[ \\t]*$' ${shQuote(path)})
case $rest in
  *[![:space:]]*) put ${shQuote(path)} root root 0644 "$(printf '%s\\n' "$rest" | base64)" ;;
  *) rm -f ${shQuote(path)} ;;
esac`;
    return [{ name: "enable", script }];
  }
  const file = { path, owner: "root", group: "root", mode: "0644", content: "manual\n" };
  const script = `! grep -q '^[ \\t]*manual[ \\t]*$' ${shQuote(path)} 2>/dev/null || return 0\n${put(file)}`;
  return [{ name: "disable", script }];
}

function actionSteps({ name, action, write }: Change, live: Live): Step[] {
  const stopping = (): Step => ({ name: "stop", script: stop(name, live.definition) });
  const starting: Step = { name: "start", script: start(name) };
  switch (action) {
    case "none":
      return [];
    case "stop":
      return [stopping()];
    case "reload": {
      const signal = (definitionIn(name, write?.files) ?? live.definition).reload?.signal?.replace(/^SIG/, "");
      const script = `${findMain(name)}\n[ -n "$main" ] || { echo "it has no process" >&2; return 1; }\nkill -s ${signal ?? "HUP"} "$main"`;
      return [{ name: "reload", script }];
    }
    case "start":
      return [...logSteps(name, live, write?.files), starting];
    case "restart":
      // `initctl restart` would go on with the old definition.
      return [...logSteps(name, live, write?.files), stopping(), starting];
  }
}

function definitionIn(name: string, files: readonly HostFile[] | undefined): Definition | undefined {
  const job = files?.find(({ path }) => path === jobPath(name));
  return job && parseJob(name, [{ path: job.path, file: parseJobFile(job.content) }], { ours: true }).definition;
}

/** Log files are opened by the program's own user, who may not be allowed to make them. Only where nobody else could lay a link. */
function logSteps(name: string, live: Live, files: readonly HostFile[] | undefined): Step[] {
  const { logs, runAs } = definitionIn(name, files) ?? live.definition;
  const paths = [...new Set([logs?.stdout, logs?.stderr])].filter((path) => path !== undefined && path !== "discard");
  if (!paths.length || runAs?.user === undefined) return [];
  const owner = shQuote(`${runAs.user}:${runAs.group ?? ""}`);
  const script = paths.map((path) => {
    const file = shQuote(path!);
    return `[ -e ${file} ] || [ -n "$(pb_others ${file})" ] || { (umask 027; set -C; : >${file}) && chown ${owner} ${file}; } || return`;
  });
  return [{ name: "log files", quiet: true, script: script.join("\n") }];
}
