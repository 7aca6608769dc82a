# shellcheck shell=sh disable=SC2086,SC2046,SC2153,SC1090
# How a process becomes the program: session, folder, environment, secrets; and the way round through systemd.

# in_session COMMAND...: in a session of its own, where there is setsid(1); without anything that is open here.
in_session() {
  if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
  env -i PATH="$PATH" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# run held|free STARTER BORN: becomes the program. `held`: the shell that waits for us in front is not needed any more.
run() {
  load
  choose_logs
  write_pid $$
  pb_start_time $$
  state=running pid=$$ pidBorn=$pb_start_time pidFile=$PIDFILE
  save || exit 1
  pb_alive "$2" "$3" || exit 1
  [ "$1" = free ] || kill -KILL "$PPID"
  open_logs
  become COMMAND "$COMMAND"
}

# become LIST COUNT: becomes the command in LIST_0, LIST_1, ... as its user, in its folder, with its environment alone.
become() {
  list=$1 count=$2
  set --
  i=0
  while [ "$i" -lt "$count" ]; do
    eval "set -- \"\$@\" \"\$${list}_$i\""
    i=$((i + 1))
  done
  # For env(1) that would be a variable.
  case $1 in *=*) set -- nice -n 0 "$@" ;; esac
  for variable in $VARIABLES; do
    eval "set -- \"\$variable=\$VARIABLE_$variable\" \"\$@\""
  done
  # What a shell exports by itself.
  set -- "$(command -v env)" -u _ -u SHLVL -u PWD -u OLDPWD "$@"
  if [ -n "$late_out$late_err" ]; then set -- /bin/sh -c "$OPEN_LATE" sh "$late_out" "$late_err" "$@"; fi
  umask "${UMASK:-0022}"
  cd "${WORKING_DIRECTORY:-/}" || exit 1
  if [ -z "$RUN_AS_USER$RUN_AS_GROUP" ]; then enter "$@"; fi
  account || exit 1
  if [ -n "$RUN_AS_USER" ]; then
    USER=$user LOGNAME=$user
    HOME=$({ getent passwd "$user" || grep "^$user:" /etc/passwd; } 2>/dev/null | cut -d: -f6)
    HOME=${HOME:-/}
    export USER LOGNAME HOME
  fi
  as_user "$@"
}

# enter COMMAND...: secret variables come in here, so that they are in no arguments.
enter() {
  if [ -n "$SECRETS" ]; then . "$SECRETS"; fi
  exec "$@"
}

# through_systemd ACTION: on a host with systemd the daemon has to get a control group of its own. Fails where there is nothing to do.
through_systemd() {
  [ -d /run/systemd/system ] && [ -z "${SYSTEMCTL_SKIP_REDIRECT:-}" ] && [ "$PPID" != 1 ] || return 1
  grep -q "/$NAME.service" /proc/self/cgroup 2>/dev/null && return 1
  load
  case $1 in
    # systemd takes a script that has started something for active for ever.
    start)
      ! pb_alive "$pid" "$pidBorn" || ! unguarded || return 1
      pb_alive "$pid" "$pidBorn" || set -- restart
      ;;
    try-restart | condrestart) pb_alive "$pid" "$pidBorn" || return 1; set -- restart ;;
    force-reload) set -- restart ;;
  esac
  systemctl "$1" "$NAME.service"
  result=$?
}
