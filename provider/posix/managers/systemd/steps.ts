import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import type { Change } from "../driver";
import { bootLinks, RUNTIME, unitName } from "./name";
import { put } from "../common/put";
import { systemctl, systemctlJob } from "./shell";

/** The steps of a change, in the order in which each of them may be the last before a crash: files, reload, boot, process. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  return [
    ...writeSteps(change),
    // Also without a write: an earlier run may have been killed between its write and its reload.
    ...(change.write || starts ? [DAEMON_RELOAD] : []),
    ...(live.masked ? [unmask(change.name)] : []),
    ...startModeSteps(change, live),
    ...actionSteps(change),
  ];
}

/** Makes systemd read its files again. */
export const DAEMON_RELOAD: Step = { name: "daemon-reload", script: systemctl(90, "daemon-reload") };

/** The unit comes last, so that it never names a file that is not there. */
function writeSteps({ write }: Change): Step[] {
  if (!write) return [];
  const lines = [
    ...[...write.files].reverse().map((file) => `${put(file)} || return`),
    ...write.remove.map((path) => `rm -f ${shQuote(path)} || return`),
    ...dropInFoldersOf(write.remove).map((folder) => `rmdir ${shQuote(folder)} 2>/dev/null`),
    "return 0",
  ];
  return [{ name: "write files", script: lines.join("\n") }];
}

function dropInFoldersOf(paths: readonly string[]): string[] {
  const folders = paths.map((path) => path.slice(0, path.lastIndexOf("/")));
  return [...new Set(folders)].filter((folder) => folder.endsWith(".service.d"));
}

function unmask(name: string): Step {
  const unit = unitName(name);
  return {
    name: "unmask",
    script: `${systemctl(60, "unmask", unit)} && ${systemctl(60, "unmask", "--runtime", unit)}`,
  };
}

function startModeSteps({ name, startMode, write }: Change, live: Live): Step[] {
  if (!startMode) return [];
  // Of these neither verb takes note, and they are for as long as our definition was not there.
  const forget = `rm -f ${bootLinks(RUNTIME, name)}`;
  if (startMode !== "automatic") {
    return [{ name: "disable", script: `${forget}\n${systemctl(60, "disable", unitName(name))}` }];
  }
  // `enable` only adds links; `reenable` also takes those away that a former [Install] section made.
  const verb = write && live.installed ? "reenable" : "enable";
  return [{ name: "enable", script: `${forget}\n${systemctl(60, verb, unitName(name))}` }];
}

function actionSteps({ name, action }: Change): Step[] {
  const unit = unitName(name);
  switch (action) {
    case "none":
      return [];
    case "stop":
      return [{ name: "stop", script: stop(name) }];
    case "reload":
      return [{ name: "reload", script: systemctlJob("reload", unit) }];
    case "start":
    case "restart": {
      // systemd refuses to start what has used up its start limit.
      const forget = `systemctl reset-failed ${shQuote(unit)} 2>/dev/null`;
      return [{ name: action, script: `${forget}\n${systemctlJob(action, unit)}` }];
    }
  }
}

/** Stops a service; one that systemd doesn't know (5) is stopped. */
export function stop(name: string): string {
  return `${systemctlJob("stop", unitName(name))} || { rc=$?; [ $rc = 5 ] || return $rc; }`;
}
