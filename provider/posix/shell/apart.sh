# shellcheck shell=sh
# Runs scripts of somebody else, and checks the process that they should start or stop.
#
# Such scripts leave shells behind that keep their streams open, so they get a file and /dev/null, and a session of their own. The
# exit code of a script proves nothing; `pb_gone` checks the process.

# pb_for_stop: prints the seconds for a service's own stop, which leaves some of the operation's time for the steps after it.
pb_for_stop() {
  set -- "$(pb_left)"
  if [ "$1" -gt 90 ]; then echo $(($1 - 45)); else echo $((($1 + 1) / 2)); fi
}

# pb_attend SECONDS COMMAND...: waits for the command that long, then leaves it running. It runs in the foreground, because a
# background process ignores SIGINT, and so would the daemon.
pb_attend() (
  read -r pb_self pb_rest </proc/self/stat
  pb_timer=$(pb_timer "$1" kill -KILL "$pb_self")
  shift
  "$@"
  kill -KILL "$pb_timer" 2>/dev/null
)

# pb_apart start|stop SECONDS COMMAND...: returns its exit code, or 124 after a timeout. The end of its output goes to stderr.
# After a timeout, a start keeps running, because the daemon may be one of its processes. A stop is killed, because it could
# stop the next start.
pb_apart() {
  pb_action=$1 pb_seconds=$2
  shift 2
  read -r pb_uuid </proc/sys/kernel/random/uuid
  for pb_place in /run /var/run /tmp; do
    pb_at=$pb_place/.pulumi-bots.$pb_uuid
    mkdir "$pb_at" 2>/dev/null && break
  done
  [ -d "$pb_at" ] || { echo "no folder can be made in /run, /var/run or /tmp" >&2; return 1; }
  pb_session=
  ! have setsid || pb_session=setsid
  pb_clock
  pb_until=$((pb_clock + pb_seconds))
  pb_attend "$pb_seconds" $pb_session env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=linux LC_ALL=C \
    sh -c 'cd / && umask 022; echo $$ >"$0/pid"; "$@"; echo $? >"$0/new"; mv "$0/new" "$0/code"' "$pb_at" "$@" \
    </dev/null >"$pb_at/output" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  # If setsid(1) has forked, nobody has waited for the command yet.
  while [ ! -f "$pb_at/code" ] && pb_clock && [ "$pb_clock" -lt "$pb_until" ]; do pb_pause; done
  tail -c 4096 "$pb_at/output" >&2
  pb_code=124 pb_pid=
  { read -r pb_code <"$pb_at/code"; } 2>/dev/null || {
    { read -r pb_pid <"$pb_at/pid"; } 2>/dev/null
    echo "$*: did not end within $pb_seconds seconds (pid ${pb_pid:-unknown})" >&2
    if [ "$pb_action" = stop ] && pb_start_time "$pb_pid"; then
      pb_fell "$pb_pid" "$pb_start_time"
      kill -KILL "$pb_pid" 2>/dev/null
    fi
    pb_code=124
  }
  # A process that still writes there keeps the unlinked file.
  rm -rf "$pb_at"
  return "$pb_code"
}

# pb_gone NAME PID START_TIME SECONDS: waits until this process has exited; a pid of 0 is none. A process that remains gets
# SIGTERM and 30 more seconds ($pb_term_seconds). It is never killed, because it belongs to somebody else. Fails if it remains.
pb_gone() {
  [ "$2" != 0 ] || return 0
  ! pb_wait_while "$4" pb_alive "$2" "$3" || return 0
  echo "$1: its own stop left pid $2 running: SIGTERM is sent to it" >&2
  pb_signal TERM "$2:$3"
  ! pb_wait_while "${pb_term_seconds:-30}" pb_alive "$2" "$3" || return 0
  echo "$1: pid $2 did not exit after its own stop and SIGTERM; the provider does not kill it" >&2
  return 1
}

# existing_processes PID [START_TIME]: emits `processes`: the observed process, its session and its descendants. Without a
# START_TIME it is the process that has the pid now.
existing_processes() {
  processes=
  [ $# -gt 1 ] || ! pb_start_time "$1" || set -- "$1" "$pb_start_time"
  # shellcheck disable=SC2046 # a list
  ! pb_alive "$1" "${2:-}" || processes=$(pb_pids $(pb_family "$1"))
  emit processes "$processes"
}
