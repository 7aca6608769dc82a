import { shQuote } from "../../shell/quote";
import type { Step } from "../../shell/step";
import { releaseStep } from "../common/release";
import type { ExistingChange } from "../driver";
import { ETC, unitName, unitPath } from "./name";
import { systemctl, systemctlJob } from "./shell";
import { DAEMON_RELOAD } from "./steps";

/** What is done to a unit that somebody else wrote: by systemctl(1) alone. It knows the processes by their control group. */
export function existingSteps({ name, startMode, action }: ExistingChange): Step[] {
  const unit = unitName(name);
  const step = (script: string): Step[] => [{ name: action, script }];
  const boot = startMode === undefined ? [] : [bootStep(name, startMode === "automatic")];
  switch (action) {
    case "none":
      return boot;
    case "stop":
      return [...boot, ...step(stop(name))];
    case "reload":
      return [...boot, ...step(systemctlJob("reload", unit))];
    case "start":
      return [...boot, ...step(`${forget(unit)}\n${systemctlJob("start", unit)}`)];
    case "restart":
      return [...boot, ...step(restart(name))];
  }
}

/** systemd refuses to start what has used up its start limit. */
const forget = (unit: string) => `systemctl reset-failed ${shQuote(unit)} 2>/dev/null`;

/** A unit whose KillMode leaves its processes (systemd.kill(5)) is stopped when its main process is gone, and not before. */
const MAIN = (unit: string) => `
main=$(systemctl show -p MainPID ${shQuote(unit)})
main=\${main#MainPID=}
[ -n "$main" ] || main=0
born=$(pb_born "$main") || main=0`;

function stop(name: string): string {
  const unit = unitName(name);
  return `${MAIN(unit)}
${systemctlJob("stop", unit)} || { rc=$?; [ $rc = 5 ] || return $rc; }
pb_gone ${shQuote(name)} "$main" "$born" 5`;
}

/**
 * As one job, and not as a stop and a start: units that require this one are started again with it. Only where systemd leaves
 * processes to themselves that would be two copies.
 */
function restart(name: string): string {
  const unit = unitName(name);
  return `${forget(unit)}
case $(systemctl show -p KillMode ${shQuote(unit)}) in
  *=none)
    ${stop(name)} || return
    ${systemctlJob("start", unit)}
    ;;
  *) ${systemctlJob("restart", unit)} ;;
esac`;
}

/**
 * What systemctl says of units that it can't enable is an exit code of 0 and a page of explanations: so the state is asked
 * for first, and the links are looked at afterwards.
 */
function bootStep(name: string, automatic: boolean): Step {
  const unit = unitName(name);
  const script = `
unit=${shQuote(unit)}
can_not() { echo "$unit can't be ${automatic ? "enabled" : "disabled"}: $1" >&2; return 1; }
links() {
  for folder in ${automatic ? ETC : `${ETC} /run/systemd/system`} /run/systemd/generator /run/systemd/generator.late; do
    for link in "$folder"/*.wants/"$unit" "$folder"/*.requires/"$unit"; do
      [ ! -L "$link" ] || return 0
    done
  done
  return 1
}
case $(timeout -k 5 60 systemctl is-enabled "$unit" 2>/dev/null) in
  generated) can_not "a generator makes it at every boot from $(systemctl show -p SourcePath "$unit" | sed 's/^SourcePath=//; s/^$/another file/')"; return ;;
  transient) can_not "it exists only until it stops"; return ;;
  ${
    automatic
      ? `static) links || can_not "it has no [Install] section, and starts when another unit or event asks for it: set startMode to manual"; return ;;
  indirect) links || can_not "its [Install] section only names other units (Also=): enable these"; return ;;`
      : "static) links || return 0 ;;"
  }
esac
${automatic ? systemctl(60, "enable", unit) : `${systemctl(60, "disable", unit)} && ${systemctl(60, "disable", "--runtime", unit)}`} || return
${
  automatic
    ? `links || can_not "systemctl enable has made no link that starts it at boot"`
    : `! links || can_not "$link still starts it at boot"`
}`;
  return { name: automatic ? "enable" : "disable", script };
}

/** A unit that we wrote stays as it is, as anybody's. */
export function releaseSteps(name: string): Step[] {
  return [releaseStep(unitPath(name)), DAEMON_RELOAD];
}
