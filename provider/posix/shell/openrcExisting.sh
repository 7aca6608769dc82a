# shellcheck shell=sh
# A service that somebody else defines: starts and stops it by rc-service(8) and rc-update(8), and judges the result by its
# process alone. PID and START_TIME are of the process that was seen, 0 for none.

# openrc_ask_existing start|stop SECONDS ARGUMENT...: runs rc-service with a time limit.
openrc_ask_existing() {
  how=$1 most=$2
  shift 2
  openrc_alone
  pb_apart "$how" "$most" rc-service "$@"
  rc=$?
  exec 8<&-
  [ $rc = 0 ] || echo "rc-service $*: exit code $rc" >&2
  return $rc
}

# openrc_stop_existing NAME PID START_TIME [--nodeps]: ends its supervisor too, which would start the program again.
openrc_stop_existing() {
  name=$1 main=$2 born=$3
  shift 3
  if openrc_marked "$name" started starting inactive; then openrc_ask_existing stop "$(pb_for_stop)" "$@" "$name" stop; fi
  if openrc_supervisor "$name"; then pb_gone "$name" "${supervisor%%:*}" "$pb_start_time" 5 || return; fi
  pb_gone "$name" "$main" "$born" 10 || return
  ! openrc_marked "$name" started || openrc_ask_existing stop 60 "$name" zap
}

# openrc_start_existing NAME PID START_TIME: OpenRC refuses to start a service that it has recorded as started; `zap`
# removes that record.
openrc_start_existing() {
  running=$(openrc_mains "$1")
  ! pb_alive "$2" "$3" || running=$2
  for pid in $running; do
    echo "$1 runs as pid $pid: it is not started a second time" >&2
    return 1
  done
  if openrc_marked "$1" started starting stopping inactive; then openrc_ask_existing stop 60 "$1" zap || return; fi
  openrc_ask_existing start "$(pb_left)" "$1" start
}

# openrc_restart_existing NAME PID START_TIME: leaves dependent services running.
openrc_restart_existing() { openrc_stop_existing "$@" --nodeps && openrc_start_existing "$@"; }

# openrc_unlink_existing NAME
openrc_unlink_existing() {
  for link in /etc/runlevels/*/"$1"; do
    [ -L "$link" ] || continue
    level=${link%/*}
    openrc_ask 60 rc-update del "$1" "${level##*/}" || return
  done
}
