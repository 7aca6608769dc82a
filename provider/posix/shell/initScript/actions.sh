# shellcheck shell=sh disable=SC2086,SC2046,SC2153,SC1091
# The actions that a person calls: start, stop, reload, status.

# Prints messages in the style of the system's own scripts, if there is one. In a subshell, because that style defines much.
say() {
  (
    SYSTEMCTL_SKIP_REDIRECT=1
    if [ -r /lib/lsb/init-functions ]; then . /lib/lsb/init-functions; fi
    if command -v "$1" >/dev/null 2>&1; then "$1" "$2"; else echo "$2"; fi
  ) 2>/dev/null </dev/null
}
say_good() { say log_success_msg "$1"; }
say_bad() { say log_failure_msg "$1" >&2; }

# start_service: starts the program unless it runs.
start_service() {
  load
  if pb_alive "$pid" "$pidBorn"; then
    if unguarded; then
      pb_start_time $$
      detach .supervise "$$" "$pb_start_time"
      pb_wait_while 5 unguarded
    fi
    note_subsys
    say_good "$NAME is running already (pid $pid)"
    return 0
  fi
  end_supervisor
  if [ ! -x "$COMMAND_0" ] || [ -d "$COMMAND_0" ]; then
    say_bad "$NAME: $COMMAND_0 is not a program"
    return 5
  fi
  [ -z "$pidFile" ] || drop_pid "$pidFile"
  state=starting pid= pidBorn= supervisor= supervisorBorn= restarts=0 short=0 code= pidFile=
  save || { say_bad "$NAME: $RECORD can't be written"; return 1; }
  pb_start_time $$
  case $RESTART in
    always | onFailure) detach .supervise "$$" "$pb_start_time" ;;
    *) detach .run "$$" "$pb_start_time" ;;
  esac
  # On a busy host, the new process needs some time to write the record.
  pb_wait_while 60 not_recorded
  pb_pause; pb_pause
  load
  if pb_alive "$pid" "$pidBorn" || pb_alive "$supervisor" "$supervisorBorn"; then
    note_subsys
    say_good "$NAME is started"
    return 0
  fi
  say_bad "$NAME exited immediately"
  return 1
}

# note_subsys: at shutdown, Red Hat stops only services with a file in this directory. Debian does not have the directory, and
# there any user could create it.
note_subsys() {
  [ ! -d "${SUBSYS%/*}" ] || [ -n "$(pb_others "$SUBSYS")" ] || : >"$SUBSYS"
}

# unguarded: succeeds if the program should have a supervisor, but none runs.
unguarded() {
  load
  case $RESTART in
    always | onFailure) ! pb_alive "$supervisor" "$supervisorBorn" ;;
    *) return 1 ;;
  esac
}

not_recorded() {
  load
  [ -z "$pid$code" ]
}

# stop_service: stops the supervisor first, because it would restart the program.
stop_service() {
  load
  end_supervisor
  load
  if pb_alive "$pid" "$pidBorn" && ! end_program; then
    say_bad "$NAME (pid $pid) can't be stopped"
    return 1
  fi
  drop_pid "$PIDFILE"
  [ -z "$pidFile" ] || drop_pid "$pidFile"
  drop_subsys
  if [ -n "$state" ]; then
    state=stopped pid= pidBorn= supervisor= supervisorBorn= pidFile=
    save || return 1
  fi
  say_good "$NAME is stopped"
}

# end_supervisor: comes before the end of the program, which the supervisor would restart.
end_supervisor() {
  ! pb_alive "$supervisor" "$supervisorBorn" || pb_end TERM 2 "$supervisor:$supervisorBorn"
}

# end_program: asks the program to exit, then kills it, as STOP_MODE says.
end_program() {
  family=$(pb_family "$pid")
  signal "${STOP_SIGNAL:-SIGTERM}"
  case $STOP_MODE in
    group)
      pb_signal "$signal" $family
      pb_wait_while "${STOP_TIMEOUT:-30}" pb_any_alive $family
      ;;
    *) end_main ;;
  esac
  # Kill the remaining processes, parents first, and those that they have started meanwhile.
  family="$pid:$pidBorn $family"
  pb_wait_while 5 kill_rest
}

# kill_rest: fails when no process is left.
kill_rest() {
  case $STOP_MODE in
    process) family=$pid:$pidBorn ;;
    *) family="$family $(pb_family "$pid")" ;;
  esac
  pb_any_alive $family || return
  pb_signal KILL $family
}

# reload_service: tells the program to read its configuration again.
reload_service() {
  load
  if ! pb_alive "$pid" "$pidBorn"; then
    say_bad "$NAME is not running"
    return 7
  fi
  if [ -n "$RELOAD_SIGNAL" ]; then
    signal "$RELOAD_SIGNAL"
    kill "-$signal" "$pid"
  elif [ "$RELOAD" -gt 0 ]; then
    env -i PATH="$PATH" /bin/sh "$SELF" .reload </dev/null
  else
    say_bad "$NAME can't reload; force-reload restarts it"
    return 3
  fi
}

# status_service: 0 running, 1 dead but there is a pid file, 2 dead but there is a lock, 3 stopped, 4 unknown.
status_service() {
  if [ -e "$RECORD" ] && [ ! -r "$RECORD" ]; then
    echo "$NAME: $RECORD can't be read"
    return 4
  fi
  load
  if pb_alive "$pid" "$pidBorn"; then
    echo "$NAME is running (pid $pid)"
  elif pb_alive "$supervisor" "$supervisorBorn"; then
    echo "$NAME waits for its restart (exit code $code)"
    return 1
  elif [ -z "$state" ] || [ "$state" = stopped ] || [ "$state" = ended ]; then
    echo "$NAME is stopped"
    return 3
  else
    echo "$NAME is dead"
    [ -e "$PIDFILE" ] || [ ! -e "$SUBSYS" ] || return 2
    return 1
  fi
}

# signal NAME: sets $signal to a form that every kill accepts.
signal() {
  case $1 in
    SIGRTMIN+*) signal=$((34 + ${1#SIGRTMIN+})) ;;
    *) signal=${1#SIG} ;;
  esac
}
