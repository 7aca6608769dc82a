# shellcheck shell=sh disable=SC2086,SC2046,SC2153,SC1090
# How a process executes the program: session, directory, environment, secrets; and how a start goes through systemd.

# in_session COMMAND...: runs it in a session of its own if the host has setsid(1), and without our open files.
in_session() {
  if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
  env -i PATH="$PATH" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# run held|free STARTER BORN: executes the program. With `held`, kills the shell that waits as our parent.
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

# become LIST COUNT: executes the command in LIST_0, LIST_1, ... as its user, in its directory, with only its environment.
become() {
  list=$1 count=$2
  set --
  i=0
  while [ "$i" -lt "$count" ]; do
    eval "set -- \"\$@\" \"\$${list}_$i\""
    i=$((i + 1))
  done
  # env(1) would read it as a variable.
  case $1 in *=*) set -- nice -n 0 "$@" ;; esac
  for variable in $VARIABLES; do
    eval "set -- \"\$variable=\$VARIABLE_$variable\" \"\$@\""
  done
  # Variables that a shell exports itself.
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

# enter COMMAND...: reads the secret variables here, so that they are never in arguments.
enter() {
  if [ -n "$SECRETS" ]; then . "$SECRETS"; fi
  exec "$@"
}

# through_systemd ACTION: on a host with systemd, the daemon must get a control group of its own. Fails if there is nothing to do.
through_systemd() {
  [ -d /run/systemd/system ] && [ -z "${SYSTEMCTL_SKIP_REDIRECT:-}" ] && [ "$PPID" != 1 ] || return 1
  grep -q "/$NAME.service" /proc/self/cgroup 2>/dev/null && return 1
  load
  case $1 in
    # systemd considers a script active for ever after a start.
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
