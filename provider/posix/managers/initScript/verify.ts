import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import type { HostFile, Step } from "../../shell/step";
import type { HostFacts } from "../../../../model/host";
import { withDefaults } from "./header";
import type { ScriptManagerName } from "./name";
import { parseScript } from "./script";

/** The facilities of the Linux Standard Base, and what Debian has besides. */
const FACILITIES = ["$remote_fs", "$local_fs", "$network", "$named", "$portmap", "$syslog", "$time", "$all"];

/** Has the host's shell read the script, and looks for what its header and its settings name, before anything is touched. */
export function verify(manager: ScriptManagerName, name: string, files: readonly HostFile[], facts: HostFacts): Step[] {
  const [script] = files;
  if (!script) return [];
  const { definition } = parseScript(manager, name, script.content);
  const own = definition.options?.[manager];
  const { requiredStart, requiredStop } = withDefaults(own);
  const at = `options.${manager}`;
  const required = [
    ...requiredStart.map((facility, i) => [facility, `${at}.requiredStart[${i}]`] as const),
    ...(own?.requiredStop ? requiredStop.map((facility, i) => [facility, `${at}.requiredStop[${i}]`] as const) : []),
  ].filter(([facility]) => !FACILITIES.includes(facility));
  const lines = [
    ...(required.length > 0 ? [PROVIDED] : []),
    ...required.map(([facility, property]) => `provided ${shQuote(facility)} ${shQuote(property)}`),
    ...(own?.pidFile ? [pidFilePlace(own.pidFile, `${at}.pidFile`, definition.runAs?.user)] : []),
    ...(definition.runAs && manager === "lsb" ? [canChangeUser(definition.runAs)] : []),
    ...(facts.init === "systemd" ? [GENERATOR, ...endsInTime(definition)] : []),
  ];
  return [
    {
      name: "verify",
      script: `
wrong=0
wrong() { wrong=1; printf '%s\\n' "$1" >&2; }
[ -d /etc/init.d ] || wrong "there is no folder /etc/init.d on this host"
${lines.join("\n")}
[ $wrong = 0 ] || return 1
printf %s ${Buffer.from(script.content).toString("base64")} | base64 -d | /bin/sh -n >&2`,
    },
  ];
}

const PROVIDED = `
# provided FACILITY PROPERTY
provided() {
  case $1 in
    '$'*) cat /etc/insserv.conf /etc/insserv.conf.d/* 2>/dev/null | awk -v name="$1" '$1 == name { found = 1 } END { exit !found }' && return ;;
    *)
      [ ! -e "/etc/init.d/$1" ] || return 0
      awk -v name="$1" '/^# Provides:/ { for (i = 3; i <= NF; i++) if ($i == name) found = 1 } END { exit !found }' /etc/init.d/* 2>/dev/null && return
      for unit in /etc/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
        [ ! -d /run/systemd/system ] || [ ! -e "$unit/$1.service" ] || return 0
      done ;;
  esac
  wrong "$2: nothing on this host provides \\"$1\\""
}`;

/**
 * A start and a stop remove this file: what is there already must hold a pid and nothing else. Where others than root can
 * change the path, the service's user writes it, who has to be able to.
 */
function pidFilePlace(pidFile: string, property: string, user: string | undefined): string {
  const folder = pidFile.slice(0, pidFile.lastIndexOf("/")) || "/";
  const path = shQuote(pidFile);
  return `
if [ ! -d ${shQuote(folder)} ]; then wrong ${shQuote(`${property}: there is no folder ${folder} on this host`)}
else
  said=$(pb_shared ${path} ${shQuote(user ?? "root")})
  [ -z "$said" ] || wrong ${shQuote(`${property}: `)}"$said"
fi
if { [ -e ${path} ] || [ -L ${path} ]; } && { [ ! -f ${path} ] || [ -L ${path} ] || grep -q '[^0-9 ]' ${path}; }; then
  wrong ${shQuote(`${property}: ${pidFile} exists already and is not a pid file`)}
fi`;
}

/** systemd gives a script five minutes for everything, and then kills what it has started: systemd-sysv-generator(8). */
const SYSTEMD_SECONDS = 300;
/** For what a stop does beside waiting. */
const SPARE_SECONDS = 10;

function endsInTime({ stop }: Definition): string[] {
  const most = SYSTEMD_SECONDS - SPARE_SECONDS;
  if ((stop?.timeoutSeconds ?? 0) <= most) return [];
  return [
    `wrong "stop.timeoutSeconds: must be at most ${most} where systemd runs the init script, because systemd stops a script after ${SYSTEMD_SECONDS} s"`,
  ];
}

/** As the script does it (machinery/lsb.ts). */
function canChangeUser({ user = "root", group }: Definition["runAs"] & {}): string {
  const whose = (option: string) => (group === undefined ? "" : `"$(id ${option} ${shQuote(user)})"`);
  const wanted = shQuote(group ?? "");
  return `
setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null || chroot --userspec=0:0 --groups=0 / true 2>/dev/null ||
  { have start-stop-daemon && ! start-stop-daemon --version 2>&1 | grep -q OpenRC; } ||
  case $(su --help 2>&1),${wanted} in *BusyBox*,${whose("-g")} | *BusyBox*,${whose("-gn")}) ;; *) false ;; esac ||
  wrong "runAs: this host has no setpriv, chroot, start-stop-daemon or su that could change to that user and group"`;
}

const GENERATOR = `
for folder in /lib /usr/lib; do
  [ ! -x $folder/systemd/system-generators/systemd-sysv-generator ] || generator=yes
done
[ -n "\${generator:-}" ] || wrong "the systemd of this host no longer runs init scripts"`;
