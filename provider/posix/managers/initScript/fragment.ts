import type { Fragment } from "../../shell/step";
import { emitDropIns } from "../common/dropIns";
import { EXISTING, EXISTING_BEGIN, EXISTING_END } from "./existing/fragment";

/**
 * Reads, for all names: the script and its secret variables, the record of its process with what the kernel says of the
 * pids in it, the links that start it at boot, owners and modes. Of scripts that are not ours, what existing/fragment.ts wants.
 * For all: `boot` (boot id) and `init` (whose links count).
 */
export const fragment: Fragment = {
  name: "init scripts",
  script: `
nl='
'
boot=
{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
emit boot "$boot"
if [ -e /run/openrc/softlevel ] && [ ! -d /run/systemd/system ]; then emit init openrc; fi
# kernel PID: sets $stat, what the kernel says of a process.
kernel() {
  stat=
  case $1 in ''|*[!0-9]*) ;; *) { read -r stat <"/proc/$1/stat"; } 2>/dev/null ;; esac
}
# setting VARIABLE: what the script sets it to, as far as it is a plain word.
setting() { sed -n "s/^$1='\\{0,1\\}\\([^']*\\)'\\{0,1\\}$/\\1/p" "$script" | head -n 1; }
${EXISTING_BEGIN}
for n in "$@"; do
  script=/etc/init.d/$n
  emit_file "$n/script" "$script"
  emit_link "$n/link" "$script"
  emit_file "$n/environment" "/etc/pulumi-bots/$n.env"
  emit_stat "$n/stat" "$script" "/etc/pulumi-bots/$n.env"
  links=
  for link in /etc/rc[0-6].d/[SK][0-9][0-9]"$n" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$n" /etc/runlevels/*/"$n"; do
    case $link in
      # On Red Hat the one is a link to the other.
      /etc/rc.d/*) [ ! -d /etc/rc0.d ] || continue ;;
    esac
    { [ ! -L "$link" ] && [ ! -e "$link" ]; } || links="$links$link$nl"
  done
  emit "$n/links" "$links"
  unit=/etc/systemd/system/$n.service
  if [ -L "$unit" ] && [ "$(pb_link "$unit")" = /dev/null ]; then emit "$n/masked" yes; fi
  if [ -d /run/systemd/system ]; then # they change how systemd runs the script
    :${emitDropIns('"$n.service"')}
  fi
  if [ -f "$script" ] && ! grep -q '^# pulumi-bots:' "$script"; then
    x_any=yes
    ${EXISTING}
    # One that was ours keeps its record.
    grep -q '^RECORD=[$]RUN/[$]NAME$' "$script" || continue
  fi
  # Record and kernel have to be of one moment: read again when the record has changed meanwhile.
  record=/var/run/pulumi-bots/$n
  for try in 1 2 3 4 5; do
    pid= supervisor=
    text_of "$record"
    seen=$text
    for line in $text; do
      case $line in pid=*) pid=\${line#*=} ;; supervisor=*) supervisor=\${line#*=} ;; esac
    done
    kernel "$supervisor"
    supervisor=$stat
    kernel "$pid"
    text_of "$record"
    [ "$text" != "$seen" ] || break
  done
  if [ -n "$seen" ]; then emit "$n/record" "$seen"
  elif [ -f "$script" ]; then
    # Without a record the pid file and the command line tell; where others can write the pid file, of a process of the
    # service's own user.
    file=$(setting PID_FILE)
    file=\${file:-/var/run/$n.pid}
    [ ! -f "$file" ] || { read -r pid <"$file"; } 2>/dev/null
    kernel "$pid"
    if [ -n "$stat" ] && [ -n "$(pb_others "$file")" ]; then
      user=$(id -u "$(setting RUN_AS_USER)" 2>/dev/null)
      owner=$(ls -ldn "/proc/$pid" 2>/dev/null | awk '{ print $3 }')
      case $user in '' | 0) stat= ;; "$owner") ;; *) stat= ;; esac
    fi
    [ -z "$stat" ] || emit_file "$n/command" "/proc/$pid/cmdline"
  fi
  [ -z "$stat" ] || emit "$n/pid" "$stat"
  [ -z "$supervisor" ] || emit "$n/supervisor" "$supervisor"
done
${EXISTING_END}
return 0`,
};
