# shellcheck shell=sh
# What OpenRC knows of services.

# openrc_seen PID CERTAINTY: adds the process to $seen, which has a line for each process of the service $n.
openrc_seen() {
  case $seen in *"$nl$1:"*) return ;; esac
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
  seen="$seen$1:$2:${stat##*) }$nl"
  emit_file "$n/cmdline.$1" "/proc/$1/cmdline" 2>/dev/null
}

# openrc_pid_files: prints the paths of files that may hold the pid of the service $n: the usual one, and those in OpenRC's
# records and in the settings of the service.
openrc_pid_files() {
  echo "/run/$n.pid"
  cat "$options/pidfile" 2>/dev/null
  echo
  cat "$pb_state/daemons/$n"/* 2>/dev/null | sed -n 's/^pidfile=//p'
  cat "/etc/conf.d/$n" "$script" 2>/dev/null |
    sed -n -e 's/^[A-Z_]*PIDFILE=//p' -e 's/^pidfile=//p' -e 's/.*--pidfile[ =]\([^ ]*\).*/\1/p' |
    sed -e "s/[\"']//g" -e "s/\${*\(RC_SVCNAME\|SVCNAME\|name\|NAME\)}*/$n/g" -e '/[$`]/d' -e 's/[ ;#].*//'
}

# read_openrc SECRETS NAME...: reads the files, and the records in /run/openrc, of which `rc-service status` shows only a
# part. For each name it emits `script`, `link` (of /etc/init.d/NAME), `environment`, `stat`; `conf.N.path` and
# `conf.N.text`; `levels` (the run levels that start it); `marks` (started, failed, …); `supervisor` (its pid, while it
# lives), `supervised` (it should have one), `child`, `count` (automatic restarts); and `candidates`: a line for each
# process that may be the main one, `PID:CERTAINTY:STAT`, where STAT is the fields of proc_pid_stat(5) from the state on,
# with its command line as `cmdline.PID`. SECRETS is the folder of secret variables.
#
# Certainty: `own` has the variable of our script, `known` has OpenRC's name of the service, `named` is only in a pid file.
read_openrc() {
  secrets=$1
  shift
  pb_state=/run/openrc
  [ -d "$pb_state" ] || pb_state=/lib/rc/init.d
  nl='
'
  for n; do
    script=/etc/init.d/$n
    emit_link "$n/link" "$script"
    emit_file "$n/script" "$script"
    emit_file "$n/environment" "$secrets/$n.env"
    emit_stat "$n/stat" "$script" "$secrets/$n.env" "/etc/conf.d/$n" "/etc/conf.d/$n".*
    levels= i=0
    for level in /etc/runlevels/*; do
      [ ! -L "$level/$n" ] && [ ! -e "$level/$n" ] || levels="$levels${level##*/} "
      emit_file "$n/conf.$i.text" "/etc/conf.d/$n.${level##*/}" && emit "$n/conf.$i.path" "/etc/conf.d/$n.${level##*/}"
      i=$((i + 1))
    done
    emit_file "$n/conf.$i.text" "/etc/conf.d/$n" && emit "$n/conf.$i.path" "/etc/conf.d/$n"
    emit "$n/levels" "$levels"
    marks=
    for mark in started starting stopping inactive wasinactive failed; do
      [ ! -L "$pb_state/$mark/$n" ] && [ ! -e "$pb_state/$mark/$n" ] || marks="$marks$mark "
    done
    emit "$n/marks" "$marks"
    options=$pb_state/options/$n
    child= count= pid=
    { read -r child <"$options/child_pid"; read -r count <"$options/start_count"; } 2>/dev/null
    emit "$n/count" "$count"
    ! [ -e "$options/respawn_max" ] || emit "$n/supervised" yes
    supervisor=
    for file in "/run/supervise-$n.pid" "$options/pidfile"; do
      [ "$file" != "$options/pidfile" ] || file=$(cat "$file" 2>/dev/null)
      { read -r pid <"$file" && read -r comm <"/proc/$pid/comm"; } 2>/dev/null || continue
      [ "$comm" != supervise-daemo ] || supervisor=$pid
    done
    emit "$n/supervisor" "$supervisor"
    emit "$n/child" "$child"

    seen=$nl
    for pid in $(openrc_mains "$n"); do openrc_seen "$pid" own; done
    for file in $(openrc_pid_files); do
      case $file in /*) ;; *) continue ;; esac
      [ -f "$file" ] && { read -r pid <"$file" || [ -n "$pid" ]; } 2>/dev/null || continue
      case $pid in ''|*[!0-9]*|"$supervisor") ;; *) candidate="$pid" ;; esac
      [ -z "${candidate:-}" ] || child="$child $candidate"
      candidate=
    done
    if [ -f "$script" ] && ! grep -q '^# pulumi-bots:' "$script"; then
      # All processes that such a script starts have its name in their environment, also those without a record.
      # shellcheck disable=SC2013 # paths without blanks
      for path in $(grep -lF "RC_SVCNAME=$n" /proc/[0-9]*/environ 2>/dev/null); do
        pid=${path#/proc/}
        pid=${pid%/environ}
        { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || continue
        case $comm in openrc-run* | supervise-daemo | start-stop-daem | rc-service) ;; *) child="$child $pid" ;; esac
      done
    fi
    for pid in $child; do
      for again in 1 2 3; do # in the middle of an exec(2) a process has no environment
        variables=$(tr '\0' '\n' <"/proc/$pid/environ") && [ -z "$variables" ] || break
        pb_pause
      done
      # The process may have executed the program since the first look.
      case $nl$variables$nl in
        *"${nl}PULUMI_BOTS_SERVICE=$n:$pid$nl"*) certainty=own ;;
        *"${nl}RC_SVCNAME=$n$nl"* | *"${nl}PULUMI_BOTS_NAME=$n$nl"*) certainty=known ;;
        *) certainty=named ;;
      esac
      openrc_seen "$pid" "$certainty"
    done 2>/dev/null
    emit "$n/candidates" "$seen"
  done
}
