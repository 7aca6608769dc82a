import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { processWords } from "../common/apart";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { DEFAULT_RUNLEVEL, scriptPath } from "./name";
import { PROCESS_FUNCTIONS } from "./processes";
import { UPDATE_DEPENDENCIES } from "./steps";

/** What is done to a service that somebody else wrote: by rc-service(8) and rc-update(8), and believed by its process alone. */
export function existingSteps({ name, startMode, action }: ExistingChange, live: Live): Step[] {
  const head = functions(name, live);
  const step = (script: string): Step[] => [{ name: action, script: `${head}\n${script}` }];
  const boot = startMode === undefined ? [] : [bootStep(name, startMode === "automatic", live)];
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, ...step("stop_it")];
    case "reload":
      return [...boot, ...step(`ask stop 90 "$name" reload`)];
    case "start":
      return [...boot, ...step("start_it")];
    case "restart":
      // What needs the service goes on meanwhile.
      return [...boot, ...step("stop_it --nodeps && start_it")];
  }
}

/**
 * `stop_it` and `start_it`. A record of something that has ended makes OpenRC refuse the start: `zap` is its own way out. A
 * supervisor that stays would start the program again.
 */
function functions(name: string, live: Live): string {
  return `${PROCESS_FUNCTIONS}
name=${shQuote(name)}
set -- ${processWords(live.state)}
main=$1 born=$2
ask() {
  pb_how=$1 pb_most=$2
  shift 2
  pb_apart "$pb_how" "$pb_most" rc-service "$@" || { rc=$?; echo "rc-service $*: exit code $rc" >&2; return $rc; }
}
marked() { [ -e "/run/openrc/$1/$name" ] || [ -L "/run/openrc/$1/$name" ]; }
supervisor() {
  { read -r watch <"/run/supervise-$name.pid" && read -r comm <"/proc/$watch/comm"; } 2>/dev/null &&
    [ "$comm" = supervise-daemo ]
}
stop_it() {
  if marked started || marked starting || marked inactive; then ask stop "$(pb_for_stop)" "$@" "$name" stop; fi
  if supervisor; then pb_gone "$name" "$watch" "$(pb_born "$watch")" 5 || return; fi
  pb_gone "$name" "$main" "$born" 10 || return
  ! marked started || ask stop 60 "$name" zap
}
start_it() {
  if [ "$main" != 0 ] && pb_alive "$main" "$born"; then echo "$name runs as pid $main: it is not started a second time" >&2; return 1; fi
  for pid in $(pb_mains "$name"); do echo "$name runs as pid $pid: it is not started a second time" >&2; return 1; done
  if marked started || marked starting || marked stopping || marked inactive; then ask stop 60 "$name" zap || return; fi
  ask start "$(pb_left)" "$name" start
}`;
}

/** In the run levels in which it was, or else in the usual one. */
function bootStep(name: string, automatic: boolean, live: Live): Step {
  const levels = (live.links ?? []).map((link) => link.split("/")[3]!).filter(Boolean);
  const wanted = levels.length > 0 ? levels : [DEFAULT_RUNLEVEL];
  const script = automatic
    ? `for level in ${wanted.map(shQuote).join(" ")}; do
  [ -L "/etc/runlevels/$level/$name" ] || pb_bounded 60 rc-update add "$name" "$level" </dev/null >&2 3>&- || return
done`
    : `for link in /etc/runlevels/*/"$name"; do
  [ -L "$link" ] || continue
  level=\${link%/*}
  pb_bounded 60 rc-update del "$name" "\${level##*/}" </dev/null >&2 3>&- || return
done`;
  return { name: automatic ? "enable" : "disable", script: `name=${shQuote(name)}\n${script}\nreturn 0` };
}

/** A script that we wrote stays as it is, as anybody's. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(scriptPath(name)), UPDATE_DEPENDENCIES];
}

/** The process that was seen, its session, and what came of it. */
export function existingProcessesStep(live: Pick<Live, "state">): Step {
  const script = `${PROCESS_FUNCTIONS}
set -- ${processWords(live.state)}
processes=
if [ "$1" != 0 ] && [ "$(pb_born "$1")" = "$2" ]; then processes=$(pb_family "$1" | sort -n | tr '\\n' ' '); fi
emit processes "\${processes% }"`;
  return { name: "processes", script };
}
