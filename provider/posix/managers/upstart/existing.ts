import { shQuote } from "../../shell/quote";
import type { Live } from "../../../../model/service";
import type { Step } from "../../shell/step";
import { processWords } from "../common/apart";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { jobPath, overridePath } from "./name";
import { instances, RELOAD_CONFIGURATION } from "./shell";

/** What is done to a job that somebody else wrote: by initctl(8), and believed by its process alone. */
export function existingSteps({ name, startMode, action }: ExistingChange, live: Live): Step[] {
  const reread: Step = { name: "reload-configuration", script: RELOAD_CONFIGURATION };
  const boot = startMode === undefined ? [] : [bootStep(name, startMode === "automatic"), reread];
  const stopping: Step = { name: "stop", script: `${functions(name, live)}\nstop_it` };
  const starting: Step = { name: "start", script: `${functions(name, live)}\nstart_it` };
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, stopping];
    case "reload":
      return [...boot, { name: "reload", script: `pb_bounded 60 initctl reload ${shQuote(name)} >&2` }];
    case "start":
      return [...boot, starting];
    case "restart":
      return [...boot, stopping, starting];
  }
}

/**
 * A job whose `expect` does not fit what its program does waits for a fork for ever, also to be stopped: then its process is
 * asked to end. One of instances is somebody's choice.
 */
function functions(name: string, live: Live): string {
  return `
name=${shQuote(name)}
set -- ${processWords(live.state)}
main=$1 born=$2
now() {
  now=$(pb_bounded 60 initctl status "$name" 2>&1)
  case $now in
    *"Unknown parameter"*)
      printf '%s\\n' "it has instances, each of which has to be started and stopped by hand:" "$(${instances('"$name"')})" >&2
      return 1
      ;;
  esac
}
stop_it() {
  now || return
  case $now in
    *" stop/waiting"* | *"Unknown job"*) ;;
    *)
      # Its own time-out for the kill is upstart's to keep.
      pb_bounded "$(pb_for_stop)" initctl stop "$name" >&2 || echo "initctl stop $name: exit code $?" >&2
      ;;
  esac
  pb_gone "$name" "$main" "$born" 10 || return
  now || return
  case $now in
    *" stop/waiting"* | *"Unknown job"*) ;;
    *) echo "upstart has not stopped it: $now" >&2; return 1 ;;
  esac
}
start_it() {
  if [ "$main" != 0 ] && pb_alive "$main" "$born"; then echo "$name runs as pid $main: it is not started a second time" >&2; return 1; fi
  now || return
  case $now in *" start/"*) echo "upstart takes it for started: $now" >&2; return 1 ;; esac
  pb_bounded "$(pb_left)" initctl start "$name" >&2
}`;
}

/** The word `manual` in the override; all other lines of it are the administrator's and stay. */
function bootStep(name: string, automatic: boolean): Step {
  const script = `
file=${shQuote(overridePath(name))}
job=${shQuote(jobPath(name))}
manual='^[ 	]*manual[ 	]*$'
${
  automatic
    ? `if [ -f "$file" ] && grep -q "$manual" "$file"; then
  pb_temporary "$file.pulumi-bots" && cp -p "$file" "$pb_temp" || return
  grep -v "$manual" "$file" >"$pb_temp"
  if [ -s "$pb_temp" ]; then mv -f "$pb_temp" "$file"; else rm -f "$pb_temp" "$file"; fi || return
fi
cat "$file" "$job" 2>/dev/null | grep -Eq '^[ 	]*start[ 	]+on([ 	]|$)' && ! grep -q "$manual" "$job" && return 0
echo "it can't be started at boot: $job has no \\"start on\\", or says \\"manual\\". Add a \\"start on\\" to $file, or set startMode to manual" >&2
return 1`
    : `! grep -qs "$manual" "$file" || return 0
[ -f "$file" ] || { (umask 022; : >"$file") || return; }
pb_temporary "$file.pulumi-bots" && cp -p "$file" "$pb_temp" || return
{ cat "$file" && echo manual; } >"$pb_temp" && mv -f "$pb_temp" "$file"`
}`;
  return { name: automatic ? "enable" : "disable", script };
}

/** A job that we wrote stays as it is, as anybody's. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(jobPath(name)), { name: "reload-configuration", script: RELOAD_CONFIGURATION }];
}

/** The process that was seen, and what is in its session: upstart starts each program as the leader of one. */
export function existingProcessesStep(live: Pick<Live, "state">): Step {
  const script = `
set -- ${processWords(live.state)}
processes=
if [ "$1" != 0 ] && [ "$(pb_born "$1")" = "$2" ]; then processes="$1 $(pb_pids $(pb_below "$1"))"; fi
emit processes "\${processes% }"`;
  return { name: "processes", script };
}
