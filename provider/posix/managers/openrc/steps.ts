import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import type { Change } from "../driver";
import { put } from "../common/put";
import { DEFAULT_RUNLEVEL, scriptPath } from "./name";
import { functions, stopScript } from "./shell";

/** The steps of a change, in the order in which each of them may be the last before a crash: files, boot, process. */
export function steps(change: Change, live: Live): Step[] {
  const starts = change.action === "start" || change.action === "restart";
  const stopsFirst = change.action === "restart" || change.action === "stop";
  const stop: Step[] = stopsFirst
    ? [{ name: "stop", script: stopScript(change.name, live, change.action === "restart") }]
    : [];
  return [
    ...writeSteps(change),
    // Also without a write: an earlier run may have been killed between its write and this.
    ...(change.write || starts ? [UPDATE_DEPENDENCIES] : []),
    ...startModeSteps(change, live),
    ...stop,
    ...(starts ? [{ name: change.action, script: startScript(change.name, live) }] : []),
    ...(change.action === "reload" ? [{ name: "reload", script: reloadScript(change.name, live) }] : []),
  ];
}

/** OpenRC reads dependencies anew when a file is younger than its cache; in the same second it is not. */
export const UPDATE_DEPENDENCIES: Step = {
  name: "update dependencies",
  script: `pb_bounded 60 rc-update --update </dev/null >&2 3>&- || { rc=$?; echo "rc-update --update failed ($rc)" >&2; return $rc; }`,
};

/** The script comes last, so that it never names a file that is not there. */
function writeSteps({ write }: Change): Step[] {
  if (!write) return [];
  const lines = [
    ...[...write.files].reverse().map((file) => `${put(file)} || return`),
    ...write.remove.map((path) => `rm -f ${shQuote(path)} || return`),
    "return 0",
  ];
  return [{ name: "write files", script: lines.join("\n") }];
}

/**
 * The links in the run levels: in the one that the script on the host names, and in no other; of a script without a name
 * for it, that of before. After a write also without a wanted mode: a link more than that is drift.
 */
function startModeSteps({ name, startMode, write }: Change, live: Live): Step[] {
  const mode = startMode ?? (write && live.installed ? live.startMode : undefined);
  if (!mode) return [];
  const former = (live.links ?? []).map((link) => link.split("/")[3]!).filter(Boolean);
  const script = `
name=${shQuote(name)}
level=$(sed -n "s/^boot_runlevel=//p" ${shQuote(scriptPath(name))} 2>/dev/null | tr -d "'" | head -n 1)
if [ -n "$level" ] || grep -q "^# pulumi-bots: " ${shQuote(scriptPath(name))} 2>/dev/null; then
  wanted=\${level:-${DEFAULT_RUNLEVEL}}
else
  wanted=${shQuote((former.length > 0 ? former : [DEFAULT_RUNLEVEL]).join(" "))}
fi
${mode === "automatic" ? "" : "wanted="}
for level in /etc/runlevels/*; do
  level=\${level##*/}
  case " $wanted " in *" $level "*) continue ;; esac
  rm -f "/etc/runlevels/$level/$name" || return
done
for level in $wanted; do
  [ -L "/etc/runlevels/$level/$name" ] || pb_bounded 60 rc-update add "$name" "$level" </dev/null >&2 3>&- || return
done
return 0`;
  return [{ name: mode === "automatic" ? "enable" : "disable", script }];
}

/**
 * Nothing of it may run before: not what lost its supervisor, nor what OpenRC has forgotten. A record of something that
 * has ended makes OpenRC refuse the start: \`zap\` is its own way out.
 */
function startScript(name: string, live: Live): string {
  return `
${functions(name, live)}
unsupervise
now
pb_end TERM ${live.definition.stop?.timeoutSeconds ?? 5} $pids || { echo "$name: process $pids does not end" >&2; return 1; }
if marked started || marked starting || marked stopping || marked inactive; then ask 30 "$name" zap || return; fi
rm -f "/run/openrc/failed/$name"
ask "$(pb_left)" "$name" start`;
}

function reloadScript(name: string, live: Live): string {
  return `
${functions(name, live)}
ask "$(pb_left)" "$name" reload`;
}
