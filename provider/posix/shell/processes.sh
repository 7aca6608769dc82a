# shellcheck shell=sh
# Time and processes: used by our sessions and by the scripts that we write onto hosts.
#
# A process is identified by its pid and its start time (proc_pid_stat(5), field 22): a pid alone is reused, the two
# together are not. Lists of processes are words of the form PID:START_TIME. A zombie counts as ended.

# pb_now: sets $pb_now to the hundredths of a second since boot. Nobody can set that clock.
pb_now() {
  read -r pb_now pb_rest </proc/uptime
  pb_hundredths "$pb_now"
  pb_now=$pb_hundredths
}

# pb_hundredths SECONDS: sets $pb_hundredths. SECONDS may have decimals.
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

# pb_clock: sets $pb_clock to the seconds since boot.
pb_clock() { read -r pb_up pb_rest </proc/uptime; pb_clock=${pb_up%%.*}; }

# pb_pause: waits 0.1 seconds. Old versions of sleep(1) accept only whole seconds.
pb_pause() { sleep 0.1 2>/dev/null || sleep 1; }

# pb_wait_while SECONDS COMMAND...: waits until the command fails. Fails if the time is over first.
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

# pb_start_time PID: sets $pb_start_time. Fails if there is no such process.
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

# pb_alive PID START_TIME: does this process still run?
pb_alive() {
  pb_start_time "$1" && [ "$pb_start_time" = "$2" ]
}

# pb_identify PID...: prints PID:START_TIME of each process that exists.
pb_identify() {
  for pb_pid; do
    ! pb_start_time "$pb_pid" || printf '%s ' "$pb_pid:$pb_start_time"
  done
}

# pb_any_alive PID:START_TIME...: does one of these processes still run?
pb_any_alive() {
  for pb_member; do
    ! pb_alive "${pb_member%%:*}" "${pb_member##*:}" || return 0
  done
  return 1
}

# pb_signal SIGNAL PID:START_TIME...: sends the signal to those of these processes that still run.
pb_signal() {
  pb_signal=$1
  shift
  for pb_member; do
    ! pb_alive "${pb_member%%:*}" "${pb_member##*:}" || kill "-$pb_signal" "${pb_member%%:*}" 2>/dev/null
  done
  return 0
}

# pb_end SIGNAL SECONDS PID:START_TIME...: sends the signal, waits that long, and kills what remains. Fails if a process
# survives that. Without a SIGNAL it only waits before it kills.
pb_end() {
  pb_asked=$1 pb_seconds=$2
  shift 2
  [ -z "$pb_asked" ] || pb_signal "$pb_asked" "$@"
  ! pb_wait_while "$pb_seconds" pb_any_alive "$@" || return 0
  pb_signal KILL "$@"
  pb_wait_while 5 pb_any_alive "$@"
}

# pb_family PID...: prints PID:START_TIME of these processes, of all processes in the sessions that they lead, and of all
# descendants.
pb_family() { pb_relatives 1 "$@"; }

# pb_below PID...: prints PID:START_TIME of the descendants of these processes. A daemon has left its parent and is not
# among them.
pb_below() { pb_relatives "" "$@"; }

# pb_relatives FAMILY PID...: prints parents first, so that no parent is left to replace a child that was ended before it.
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

# pb_pids PID:START_TIME...: prints only the pids, sorted, separated by blanks.
pb_pids() {
  [ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/:.*//' | sort -n | tr '\n' ' ' | sed 's/ $//'
}

# pb_fell PID START_TIME: ends the descendants of a process, by TERM and after a second by KILL. Those that are started
# meanwhile, too.
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

# pb_timer SECONDS COMMAND...: prints the pid of a sleep(1), and runs the command after it, unless that sleep is killed. The
# timer closes its stdout, so that a command substitution around it ends at once. The sleep is exec'd, because BusyBox from
# 1.36 on has a built-in sleep, which would hold our stdout for that time.
pb_timer() {
  {
    exec sleep "$1" >/dev/null &
    echo $!
    exec >/dev/null
    shift
    wait $! && "$@"
  } </dev/null 2>/dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
}

# pb_bounded SECONDS COMMAND...: runs the command with a time limit. Exit code 124: it took longer, and was ended with its
# descendants, by TERM and after a second by KILL. COMMAND may be a function. It runs in the foreground, because a
# background process ignores SIGINT.
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

# pb_stop_shell PID START_TIME: ends what another shell of ours runs: its descendants, without the daemons that it started.
# If that is not enough, it ends the shell.
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
