import type { Fragment } from "../../shell/step";
import { SECRETS_FOLDER } from "../common/secrets";
import { instances } from "./shell";

/**
 * Reads, for all names, the state and the files. Per name it emits `status` (what `initctl status` said), `born` (when its
 * main process was started), `kernel` (the last word of upstart about it), `link`, `conf`, `override`, `environment`, `stat`
 * and `program.WORD`: where the host finds a program that the job names without a folder.
 */
export const fragment: Fragment = {
  name: "upstart",
  script: `
kernel=
for n in "$@"; do
  conf=/etc/init/$n.conf
  said=$(pb_bounded 30 initctl status "$n" 2>&1)
  case $? in 0) ;; 124) echo "initctl status: no answer within 30 seconds" >&2; return 1 ;; esac
  case $said in
    "$n "*|*"Unknown job"*) ;;
    *"Unknown parameter"*)
      said=$(${instances('"$n"')})
      [ -n "$said" ] || said="$n stop/waiting"
      ;;
    *) printf '%s\\n' "$said" >&2; return 1 ;;
  esac
  emit "$n/status" "$said"
  for pid in $(printf '%s\\n' "$said" | sed -n 's/^[^,]* [a-z]*\\/[a-z-]*, process \\([0-9]*\\)$/\\1/p'); do
    born=$(pb_born "$pid") && emit "$n/born" "$born"
    break
  done
  case $said in
    *" start/running"*) ;;
    *)
      [ -n "$kernel" ] || kernel=$(dmesg 2>/dev/null | grep ' init: ' | tail -n 500)
      last=$(printf '%s\\n' "$kernel" | grep -F " init: $n " | tail -n 1)
      [ -z "$last" ] || emit "$n/kernel" "$last"
      ;;
  esac
  emit_link "$n/link" "$conf"
  emit_file "$n/conf" "$conf"
  emit_file "$n/override" "/etc/init/$n.override"
  emit_file "$n/environment" "${SECRETS_FOLDER}/$n.env"
  emit_stat "$n/stat" "$conf" "${SECRETS_FOLDER}/$n.env"
  for word in $(cat "$conf" "/etc/init/$n.override" 2>/dev/null | sed -n 's/^[ 	]*\\(exec[ 	][ 	]*\\)\\{0,1\\}\\([A-Za-z0-9_.+-][A-Za-z0-9_.+-]*\\).*/\\2/p' | sort -u); do
    path=$(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; pb_which "$word" 2>/dev/null)
    case $path in /*) emit "$n/program.$word" "$path" ;; esac
  done
done`,
};
