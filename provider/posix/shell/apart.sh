# shellcheck shell=sh
# Running what belongs to somebody else, and looking at the process that it is to start or stop.
#
# Such scripts leave shells behind that hold the streams they were given: so these are a file and /dev/null, in a session of
# their own. What a script says proves nothing; `pb_gone` looks at the process.

# pb_for_stop: prints the seconds for a stop by its own means, so that something is left of the operation's time for what
# comes after it.
pb_for_stop() {
  set -- "$(pb_left)"
  if [ "$1" -gt 90 ]; then echo $(($1 - 45)); else echo $((($1 + 1) / 2)); fi
}

# pb_attend SECONDS COMMAND...: waits for it as long as that, and leaves it then. It runs in the foreground: what runs in the
# background ignores SIGINT, and so would the daemon.
pb_attend() (
  read -r pb_self pb_rest </proc/self/stat
  pb_timer=$(pb_timer "$1" kill -KILL "$pb_self")
  shift
  "$@"
  kill -KILL "$pb_timer" 2>/dev/null
)

# pb_apart start|stop SECONDS COMMAND...: its exit code, or 124 when it has not ended in time. The end of what it printed goes
# to stderr. Late, a start is left: the daemon may be one of its processes. A stop is ended, for it might stop what is started next.
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
  # Where setsid(1) has forked nobody has waited yet.
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
  # What goes on writing there keeps its file, without a name.
  rm -rf "$pb_at"
  return "$pb_code"
}

# pb_gone NAME PID START_TIME SECONDS: until this process has ended; a pid of 0 is none. One that stays is asked once more by
# SIGTERM, and has 30 seconds then ($pb_term_seconds); it is nobody's to kill but its owner's. Fails when it is still there.
pb_gone() {
  [ "$2" != 0 ] || return 0
  ! pb_wait_while "$4" pb_alive "$2" "$3" || return 0
  echo "$1: its own stop left pid $2 running: SIGTERM is sent to it" >&2
  pb_signal TERM "$2:$3"
  ! pb_wait_while "${pb_term_seconds:-30}" pb_alive "$2" "$3" || return 0
  echo "$1: pid $2 did not exit after its own stop and SIGTERM; the provider does not kill it" >&2
  return 1
}

# existing_processes PID [START_TIME]: emits `processes`: the process that was seen, its session, and what came of it. Without a
# START_TIME it is the process that has the pid now.
existing_processes() {
  processes=
  [ $# -gt 1 ] || ! pb_start_time "$1" || set -- "$1" "$pb_start_time"
  # shellcheck disable=SC2046 # a list
  ! pb_alive "$1" "${2:-}" || processes=$(pb_pids $(pb_family "$1"))
  emit processes "$processes"
}
