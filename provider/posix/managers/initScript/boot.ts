import { shQuote } from "../../shell/quote";
import type { StartMode } from "../../../../model/service";
import type { Step } from "../../shell/step";

/** Links that start a script in run levels: `/etc/rc3.d/S01web`. */
const LINK = /\/rc([0-6])\.d\/([SK])\d\d/;

export interface BootState {
  startMode: StartMode;
  /** Links that only some of the wanted run levels have, or others. */
  odd: { file: string; line: string }[];
}

/** The run levels that links start a script in. Older tools make links in 0 and 6 that are called S and stop things. */
export function startLevels(links: readonly string[]): number[] {
  const levels = links.flatMap((file) => {
    const [, level, kind] = LINK.exec(file) ?? [];
    return kind === "S" && level! > "0" && level! < "6" ? [Number(level)] : [];
  });
  return [...new Set(levels)].sort();
}

/** Does it start at boot? In all of the wanted run levels and in no other it does; in none of them it does not. */
export function parseBoot(links: readonly string[], runlevels: readonly number[], openrc: boolean): BootState {
  if (openrc) {
    const there = links.some((link) => link.startsWith("/etc/runlevels/"));
    return { startMode: there ? "automatic" : "manual", odd: [] };
  }
  const levels = startLevels(links);
  const complete = levels.length > 0 && String(levels) === String([...runlevels].sort());
  if (complete || levels.length === 0) return { startMode: complete ? "automatic" : "manual", odd: [] };
  const line = `(it starts in run level ${levels.join(", ")}, and its header says ${runlevels.join(", ")})`;
  const file = links.find((link) => LINK.exec(link)?.[2] === "S")!;
  return { startMode: "manual", odd: [{ file, line }] };
}

/**
 * One at a time on a host, whatever the service: insserv(8) writes the lists that Debian boots by (.depend.start) anew for all
 * scripts, from what it saw when it began. Of two at once the later one would forget the other's script, links or not.
 */
const ALONE = "[ ! -d /etc/init.d ] || { exec 8</etc/init.d; flock -w 60 8; } 2>/dev/null";

const FUNCTIONS = `
# links KIND LEVEL: is there such a link?
links() {
  for link in /etc/rc$2.d/$1[0-9][0-9]"$n" /etc/rc.d/rc$2.d/$1[0-9][0-9]"$n"; do
    { [ ! -L "$link" ] && [ ! -e "$link" ]; } || return 0
  done
  return 1
}
fits() {
  for level in 1 2 3 4 5; do
    wanted=no
    case " $levels " in *" $level "*) wanted=$mode ;; esac
    if links S $level; then [ "$wanted" = automatic ] || return 1; else [ "$wanted" != automatic ] || return 1; fi
  done
}
unlink_all() {
  rm -f /etc/rc[0-6].d/[SK][0-9][0-9]"$n" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$n"
}
by_hand() {
  unlink_all
  for level in 0 1 2 3 4 5 6; do
    folder=/etc/rc$level.d
    [ -d "$folder" ] || folder=/etc/rc.d/rc$level.d
    [ -d "$folder" ] || continue
    kind=K10
    case " $levels " in *" $level "*) [ "$mode" != automatic ] || kind=S90 ;; esac
    ln -s "../init.d/$n" "$folder/$kind$n" || return 1
  done
}`;

/** Sets whether it starts at boot by the host's own tool, and looks whether it did: these tools say yes to everything. */
export function bootStep(name: string, runlevels: readonly number[], startMode: StartMode): Step {
  const mode = startMode === "automatic" ? "automatic" : "manual";
  const script = `
n=${shQuote(name)} mode=${mode} levels='${runlevels.join(" ")}'${FUNCTIONS}
${ALONE}
if [ -e /run/openrc/softlevel ] && have rc-update; then
  for link in /etc/runlevels/*/"$n"; do
    [ -L "$link" ] || continue
    [ "$mode" != automatic ] || return 0
    folder=\${link%/*}
    rc-update del "$n" "\${folder##*/}" >&2 || return 1
  done
  [ "$mode" != automatic ] || rc-update add "$n" default >&2 || return 1
  return 0
fi
if have update-rc.d; then
  # "defaults" leaves what is disabled so, and keeps links of former run levels.
  said=$({ unlink_all; update-rc.d "$n" defaults && { [ "$mode" = automatic ] || update-rc.d "$n" disable; }; } 2>&1)
elif have chkconfig; then
  # Without levels it switches 2 to 5, whatever the header says.
  if [ "$mode" = automatic ]; then switch=on; else switch=off; fi
  said=$({ chkconfig --del "$n"; chkconfig --add "$n"; chkconfig --level '${runlevels.join("")}' "$n" "$switch"; } 2>&1)
elif have insserv; then
  said=$({ insserv -r "$n"; [ "$mode" != automatic ] || insserv "$n"; } 2>&1)
else
  said=
fi
fits || by_hand
fits && return 0
printf '%s\\n' "$said" "the links in /etc/rc?.d were not set as requested" >&2
return 1`;
  return { name: startMode === "automatic" ? "enable" : "disable", script };
}

/** Takes the script and all links to it away. chkconfig and insserv want to see the script, update-rc.d does not. */
export function unregister(name: string, path: string): string {
  return `
n=${shQuote(name)}
script=${shQuote(path)}
${ALONE}
if [ -e /run/openrc/softlevel ] && have rc-update; then rc-update -a del "$n"
elif ! have update-rc.d && have chkconfig; then chkconfig --del "$n"
elif ! have update-rc.d && have insserv; then insserv -r "$n"
fi >/dev/null 2>&1
rm -f "$script" || return 1
if have update-rc.d; then update-rc.d -f "$n" remove >/dev/null 2>&1; fi
rm -f /etc/rc[0-6].d/[SK][0-9][0-9]"$n" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$n" /etc/runlevels/*/"$n"`;
}
