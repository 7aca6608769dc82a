# shellcheck shell=sh disable=SC2086,SC2046,SC2153
# The end of the script: runs the action.

umask 022
case ${1:-} in
  start | stop | restart | try-restart | condrestart | reload | force-reload)
    if [ "$(id -u)" != 0 ]; then
      say_bad "$NAME: only root can do that"
      exit 4
    fi
    ;;
  status)
    status_service
    exit
    ;;
  .hold) # waits in front of what it has started, until that ends it: a process in the background could not be interrupted
    shift
    in_session /bin/sh "$SELF" "$1" held "$2" "$3"
    exit 1
    ;;
  .run) run "$2" "$3" "$4" ;;
  .supervise)
    shift
    supervise "$@"
    ;;
  .reload) become RELOAD "$RELOAD" ;;
  .adopt) # PID: a process that somebody else has started is the service from now on
    load
    pb_start_time "$2" || exit 7
    state=running pid=$2 pidBorn=$pb_start_time pidFile=$PIDFILE restarts=0 short=0 code=
    save || exit 1
    write_pid "$pid"
    start_service
    exit
    ;;
  *)
    echo "Usage: $SELF {start|stop|restart|try-restart|reload|force-reload|status}" >&2
    exit 2
    ;;
esac

if [ "$1" != reload ] && through_systemd "$1"; then exit "$result"; fi
lock || exit 1
trap unlock EXIT
trap 'exit 1' HUP INT TERM
case $1 in
  start) start_service ;;
  stop) stop_service ;;
  reload) reload_service ;;
  restart | force-reload)
    stop_service && start_service
    ;;
  try-restart | condrestart)
    load
    if pb_alive "$pid" "$pidBorn"; then stop_service && start_service; fi
    ;;
esac
exit
