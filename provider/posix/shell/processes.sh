# shellcheck shell=sh
# Time and processes: the one library for our sessions and for the scripts that we leave on hosts.
#
# A process is known by its pid and its start time (proc_pid_stat(5), field 22): a pid alone is used again, the two together
# are not. Lists of processes are words of the form PID:START_TIME. A zombie counts as ended.

# pb_now: sets $pb_now, hundredths of a second since boot. Nobody sets that clock.
pb_now() {
  read -r pb_now pb_rest </proc/uptime
  pb_hundredths "$pb_now"
  pb_now=$pb_hundredths
}

# pb_hundredths SECONDS: sets $pb_hundredths; SECONDS may have decimals.
pb_hundredths() {
  case $1 in
    *.*)
      pb_hundredths=${1#*.}00
      pb_hundredths=${1%%.*}${pb_hundredths%"${pb_hundredths#??}"}
      ;;
    *) pb_hundredths=${1}00 ;;
  esac
  while :; do
    case $pb_hundredths in
      0?*) pb_hundredths=${pb_hundredths#0} ;;
      *) return ;;
    esac
  done
}

# pb_clock: sets $pb_clock, the seconds since boot.
pb_clock() { read -r pb_up pb_rest </proc/uptime; pb_clock=${pb_up%%.*}; }

# pb_pause: a moment. Old ones of sleep(1) know whole seconds only.
pb_pause() { sleep 0.1 2>/dev/null || sleep 1; }

# pb_wait_while SECONDS COMMAND...: until the command fails. Fails when the time is over before that.
pb_wait_while() {
  pb_now
  pb_hundredths "$1"
  pb_wait_until=$((pb_now + pb_hundredths))
  shift
  while "$@"; do
    pb_now
    [ "$pb_now" -lt "$pb_wait_until" ] || return 1
    pb_pause
  done
}

# pb_start_time PID: sets $pb_start_time. Fails when there is no such process.
pb_start_time() {
  pb_start_time=
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  { read -r pb_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # fields
  set -- ${pb_stat##*) }
  [ $# -gt 19 ] || return 1
  case $1 in [ZX]) return 1 ;; esac
  shift 19
  pb_start_time=$1
}

# pb_alive PID START_TIME: is it still this process?
pb_alive() {
  pb_start_time "$1" && [ "$pb_start_time" = "$2" ]
}

# pb_identify PID...: prints PID:START_TIME of each that is there.
pb_identify() {
  for pb_pid; do
    ! pb_start_time "$pb_pid" || printf '%s ' "$pb_pid:$pb_start_time"
  done
}

# pb_any_alive PID:START_TIME...
pb_any_alive() {
  for pb_member; do
    ! pb_alive "${pb_member%%:*}" "${pb_member##*:}" || return 0
  done
  return 1
}

# pb_signal SIGNAL PID:START_TIME...: signals those that are still these processes.
pb_signal() {
  pb_signal=$1
  shift
  for pb_member; do
    ! pb_alive "${pb_member%%:*}" "${pb_member##*:}" || kill "-$pb_signal" "${pb_member%%:*}" 2>/dev/null
  done
  return 0
}

# pb_end SIGNAL SECONDS PID:START_TIME...: signals them, waits so long, kills what remains. Fails when one of them does not
# end even so. Without a SIGNAL it only waits before it kills.
pb_end() {
  pb_asked=$1 pb_seconds=$2
  shift 2
  [ -z "$pb_asked" ] || pb_signal "$pb_asked" "$@"
  ! pb_wait_while "$pb_seconds" pb_any_alive "$@" || return 0
  pb_signal KILL "$@"
  pb_wait_while 5 pb_any_alive "$@"
}

# pb_family PID...: prints PID:START_TIME of these processes, of all in the sessions that they lead, and of all that these
# have started.
pb_family() { pb_relatives 1 "$@"; }

# pb_below PID...: prints PID:START_TIME of all that these processes have started and that is still below them, as a daemon is
# not.
pb_below() { pb_relatives "" "$@"; }

# pb_relatives FAMILY PID...: parents first, so that who is ended starts nothing in the place of what was ended before.
pb_relatives() {
  pb_whole=$1
  shift
  [ $# -gt 0 ] || return 0
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v whole="$pb_whole" -v roots="$*" '
    {
      pid = $1
      sub(/^.*\) /, "")
      if ($1 == "Z" || $1 == "X") next
      parent[pid] = $2; session[pid] = $4; started[pid] = $20
    }
    END {
      count = split(roots, order, " ")
      for (i = 1; i <= count; i++) root[order[i]] = found[order[i]] = 1
      do {
        before = count
        for (pid in parent)
          if (!(pid in found) && (parent[pid] in found || whole && session[pid] in root)) { found[pid] = 1; order[++count] = pid }
      } while (count > before)
      for (i = 1; i <= count; i++) {
        pid = order[i]
        if (pid in started && (whole || !(pid in root))) printf "%s:%s ", pid, started[pid]
      }
    }'
}

# pb_pids PID:START_TIME...: prints the pids alone, in order, with a blank between them.
pb_pids() {
  [ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/:.*//' | sort -n | tr '\n' ' ' | sed 's/ $//'
}

# pb_fell PID START_TIME: ends what is below a process: asked, and after a second made to. What that starts meanwhile, too.
pb_fell() {
  pb_felled=
  for pb_blow in TERM KILL; do
    ! pb_alive "$1" "$2" || pb_felled="$pb_felled $(pb_below "$1")"
    # shellcheck disable=SC2086 # a list
    pb_signal "$pb_blow" $pb_felled
    # shellcheck disable=SC2086 # a list
    [ "$pb_blow" = KILL ] || pb_wait_while 1 pb_any_alive $pb_felled
  done
}

# pb_timer SECONDS COMMAND...: prints the pid of a sleep, after which the command is run, unless that sleep is killed. A
# command substitution around it ends at once, when the timer has closed its stdout: then the pid is known. The sleep is
# exec'd: BusyBox from 1.36 on has one in the shell, which would hold our stdout as long as it sleeps.
pb_timer() {
  {
    exec sleep "$1" >/dev/null &
    echo $!
    exec >/dev/null
    shift
    wait $! && "$@"
  } </dev/null 2>/dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
}

# pb_bounded SECONDS COMMAND...: 124 when it took longer, and was ended with all below it: asked, and after a second made to.
# COMMAND may be a function. It runs in the foreground: in the background it would ignore SIGINT, for good.
pb_bounded() (
  read -r pb_self pb_rest </proc/self/stat
  pb_start_time "$pb_self"
  pb_timer=$(pb_timer "$1" pb_fell "$pb_self" "$pb_start_time")
  trap 'kill -KILL "$pb_timer" 2>/dev/null; exit 143' TERM
  shift
  ("$@")
  pb_code=$?
  kill -KILL "$pb_timer" 2>/dev/null || pb_code=124
  exit "$pb_code"
)

# pb_stop_shell PID START_TIME: ends what another shell of ours runs: the processes below it, not those that it started as
# daemons, then, if it must be, the shell.
pb_stop_shell() {
  pb_signal TERM "$1:$2" # begins no further step
  for pb_blow in TERM KILL; do
    pb_alive "$1" "$2" || return 0
    # shellcheck disable=SC2046 # a list
    pb_signal "$pb_blow" $(pb_below "$1")
    ! pb_wait_while 3 pb_alive "$1" "$2" || return 0
  done
  pb_signal KILL "$1:$2"
}
