# shellcheck shell=sh disable=SC2086,SC2046
# The supervisor: starts the program, waits for its exit and restarts it as the settings say.

# supervise [STARTED PID BORN]: runs the program once, then executes this script again, so that changed settings take effect.
supervise() {
  load
  pb_start_time $$
  supervisor=$$ supervisorBorn=$pb_start_time
  save || exit 1
  if [ $# = 3 ]; then
    pb_alive "$2" "$3" || exit 1
    [ "$1" = free ] || kill -KILL "$PPID"
  fi
  pb_now
  begun=$pb_now
  if [ "$state" = running ]; then
    # Another supervisor's program. It may have ended already, and the exit code of a process that is not our child is unknown.
    while pb_alive "$pid" "$pidBorn"; do sleep 1; done
    code=unknown
  else
    in_session /bin/sh "$SELF" .run free $$ "$supervisorBorn"
    code=$?
  fi
  ended=$code
  load
  code=$ended
  case $STOP_MODE in
    process) ;;
    *) pb_signal KILL $(pb_family "$pid") ;;
  esac
  pb_now
  if [ $((pb_now - begun)) -lt 1000 ]; then short=$((short + 1)); else short=0; fi
  # As in systemd, an exit by HUP, INT, PIPE or TERM is a success.
  case $RESTART,$code in
    onFailure,0 | onFailure,129 | onFailure,130 | onFailure,141 | onFailure,143) state=ended ;;
    always,* | onFailure,*)
      state=waiting
      [ "${RESTART_ATTEMPTS:-0}" = 0 ] || [ "$short" -lt "$RESTART_ATTEMPTS" ] || state=gaveUp
      ;;
    *) state=ended; [ "$code" = 0 ] || state=failed ;;
  esac
  if [ "$state" != waiting ]; then
    supervisor= supervisorBorn=
    if [ "$state" = ended ]; then
      drop_pid "$PIDFILE"
      drop_subsys
    fi
    save
    exit
  fi
  save
  pb_now
  pb_hundredths "${RESTART_DELAY:-5}"
  deadline=$((pb_now + pb_hundredths))
  while [ "$pb_now" -lt "$deadline" ]; do
    if [ $((deadline - pb_now)) -gt 100 ]; then sleep 1; else pb_pause; fi
    pb_now
  done
  restarts=$((restarts + 1))
  state=starting
  save
  exec /bin/sh "$SELF" .supervise
}
