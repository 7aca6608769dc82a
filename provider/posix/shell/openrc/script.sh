# shellcheck shell=sh disable=SC2086,SC2046,SC2089,SC2090
# The part of our OpenRC scripts that does the work. openrc-run(8) could call start-stop-daemon(8) or supervise-daemon(8) itself,
# but it splits and expands their arguments, passes on the caller's environment and has no secrets, and dpkg's
# start-stop-daemon does not support all options. Instead, a shell that already runs as the program's user opens the log,
# creates a clean environment and executes the program.

case ${supervisor:-} in
  supervise-daemon) pidfile=/run/supervise-${RC_SVCNAME:-}.pid ;;
  *) pidfile=/run/${RC_SVCNAME:-}.pid ;;
esac

# The code of the program's shell before it executes the program. `set -a` exports every assignment. The marker that identifies
# the process comes first, so that no other variable is needed.
pb_launch='
pb_tries=0
until [ -z "$PULUMI_BOTS_AWAIT" ] || [ -s "$PULUMI_BOTS_AWAIT" ] || [ "$pb_tries" -ge 50 ]; do
  pb_tries=$((pb_tries + 1))
  sleep 0.02 2>/dev/null || sleep 1
done
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask "$PULUMI_BOTS_UMASK"
exec >>"$PULUMI_BOTS_STDOUT"
if [ "$PULUMI_BOTS_STDERR" = "$PULUMI_BOTS_STDOUT" ]; then exec 2>&1; else exec 2>>"$PULUMI_BOTS_STDERR"; fi
eval "set -- $PULUMI_BOTS_ARGV"
for pb_name in $(env | sed -n "s/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p"); do
  case $pb_name in PATH|PULUMI_BOTS_*|UID|EUID|PPID|BASH*|SHELLOPTS) ;; *) unset "$pb_name" ;; esac
done
set -a
[ -z "$PULUMI_BOTS_NAME" ] || PULUMI_BOTS_SERVICE=$PULUMI_BOTS_NAME:$$
[ -z "$PULUMI_BOTS_USER" ] || { HOME=$PULUMI_BOTS_HOME; USER=$PULUMI_BOTS_USER; LOGNAME=$PULUMI_BOTS_USER; }
eval "unset PULUMI_BOTS_AWAIT PULUMI_BOTS_UMASK PULUMI_BOTS_STDOUT PULUMI_BOTS_STDERR PULUMI_BOTS_PROGRAM \
  PULUMI_BOTS_ARGV PULUMI_BOTS_NAME PULUMI_BOTS_USER PULUMI_BOTS_HOME PULUMI_BOTS_LAUNCH PULUMI_BOTS_ENVIRONMENT pb_name pb_tries
$PULUMI_BOTS_ENVIRONMENT"
exec "$@"
'

# pb_run NAME ARGV AWAIT COMMAND...: the command starts a shell that executes ARGV, marked with NAME, once the file AWAIT exists
pb_run() {
  (
    # OpenRC's start-stop-daemon would record a reload command as the daemon. OpenRC would then consider it crashed and restart it.
    [ -n "$1" ] || unset RC_SVCNAME
    PULUMI_BOTS_NAME=$1
    PULUMI_BOTS_PROGRAM=$command
    PULUMI_BOTS_ARGV=$2
    PULUMI_BOTS_AWAIT=$3
    shift 3
    PULUMI_BOTS_ENVIRONMENT=${environment:-}
    if [ -n "${environment_file:-}" ]; then
      pb_secrets=$(cat "$environment_file") || exit 1
      PULUMI_BOTS_ENVIRONMENT="$PULUMI_BOTS_ENVIRONMENT
$pb_secrets"
    fi
    PULUMI_BOTS_USER=
    PULUMI_BOTS_HOME=
    if [ -n "${command_user:-}" ]; then
      PULUMI_BOTS_USER=$(id -un "$command_user") || exit 1
      eval "PULUMI_BOTS_HOME=~$PULUMI_BOTS_USER"
    fi
    PULUMI_BOTS_UMASK=${umask:-0022}
    PULUMI_BOTS_STDOUT=$pb_stdout
    PULUMI_BOTS_STDERR=$pb_stderr
    PULUMI_BOTS_LAUNCH=$pb_launch
    export PULUMI_BOTS_NAME PULUMI_BOTS_PROGRAM PULUMI_BOTS_ARGV PULUMI_BOTS_AWAIT PULUMI_BOTS_ENVIRONMENT PULUMI_BOTS_USER \
      PULUMI_BOTS_HOME PULUMI_BOTS_UMASK PULUMI_BOTS_STDOUT PULUMI_BOTS_STDERR PULUMI_BOTS_LAUNCH
    # A supervisor would keep the caller's open files, such as a pipe or a lock.
    exec "$@" </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  )
}

pb_settings() {
  pb_account=${command_user:-root}${command_group:+:$command_group}
  pb_stdout=${output_log:-/var/log/pulumi-bots/$RC_SVCNAME.log}
  pb_stderr=${error_log:-$pb_stdout}
  pb_stopsig=${stopsig:-SIGTERM}
  pb_stopsig=${pb_stopsig#SIG}
  pb_timeout=${stop_timeout:-5}
  # OpenRC is dropping --chuid, and dpkg's --user has a different meaning.
  case $(start-stop-daemon --version 2>&1) in *OpenRC*) pb_chuid=--user ;; *) pb_chuid=--chuid ;; esac
}

# pb_log FILE: creates the file so that the program can write it. Our own log is moved away when it is large. Where others than
# root can change the path, only the program's user opens it, because root would follow a link to any file.
pb_log() {
  [ "$1" != /dev/null ] || return 0
  if [ -n "$(pb_others "$1")" ]; then
    case $(id -u "${command_user:-root}" 2>/dev/null) in '' | 0) return 1 ;; esac
    return 0
  fi
  case $1 in
    /var/log/pulumi-bots/*)
      [ ! -f "$1" ] || [ "$(wc -c <"$1")" -le 10485760 ] || mv -f "$1" "$1.1"
      # Removing another service deletes the directory while it is empty.
      until [ -e "$1" ]; do
        (umask 022; mkdir -p /var/log/pulumi-bots) || return 1
        (umask 027; set -C; : >"$1") || [ ! -d /var/log/pulumi-bots ] || return 1
      done
      ;;
    *)
      [ ! -e "$1" ] || return 0
      (umask 027; set -C; : >"$1") || return 1
      ;;
  esac
  chown "$pb_account" "$1"
}

start() {
  pb_settings
  ebegin "Starting ${name:-$RC_SVCNAME}"
  # Ends a process that has lost its supervisor or OpenRC's record, because there must never be two copies.
  pb_end "$pb_stopsig" "$pb_timeout" $(pb_identify $(openrc_mains "$RC_SVCNAME") $(openrc_adopted "$RC_SVCNAME")) || { eend 1 "an earlier process does not end"; return 1; }
  pb_log "$pb_stdout" && pb_log "$pb_stderr" || { eend 1 "its log can't be written"; return 1; }
  if [ "${supervisor:-}" = supervise-daemon ]; then
    pb_max=${respawn_max:-10}
    pb_delay=${respawn_delay:-0}
    pb_period=${respawn_period:-$((pb_max * (pb_delay + 10)))}
    set -- supervise-daemon "$RC_SVCNAME" --start --pidfile "$pidfile" --respawn-max "$pb_max" \
      --retry "SIG$pb_stopsig/$pb_timeout/SIGKILL/5" --chdir "${directory:-/}"
    [ "$pb_delay" -lt 1 ] || set -- "$@" --respawn-delay "$pb_delay"
    [ "$pb_period" -lt 1 ] || set -- "$@" --respawn-period "$pb_period"
    # Since OpenRC 0.62 the delay would grow with each attempt, up to 30 seconds.
    ! supervise-daemon --help 2>&1 | grep -qe --respawn-delay-step || set -- "$@" --respawn-delay-step 0
    [ "$pb_account" = root ] || set -- "$@" --user "$pb_account"
    rm -f "$pidfile"
    # The supervisor misses the exit of a program that exits before it listens, so the program waits for the supervisor's pid file.
    pb_run "$RC_SVCNAME" "\"\$PULUMI_BOTS_PROGRAM\" ${command_args:-}" "$pidfile" "$@" /bin/sh -- -c 'eval "$PULUMI_BOTS_LAUNCH"'
  else
    set -- start-stop-daemon --start --background --make-pidfile --pidfile "$pidfile" --chdir "${directory:-/}"
    [ "$pb_account" = root ] || set -- "$@" "$pb_chuid" "$pb_account"
    rm -f "$pidfile"
    pb_run "$RC_SVCNAME" "\"\$PULUMI_BOTS_PROGRAM\" ${command_args:-}" "" "$@" --exec /bin/sh -- -c 'eval "$PULUMI_BOTS_LAUNCH"'
  fi
  eend $? "Failed to start ${name:-$RC_SVCNAME}"
}

# Stops the supervisor first, so that it starts nothing more. It knows only the signal and the time limit of its own start.
stop() {
  pb_settings
  ebegin "Stopping ${name:-$RC_SVCNAME}"
  pb_children=
  if [ "${supervisor:-}" = supervise-daemon ] || [ -s "/run/supervise-$RC_SVCNAME.pid" ]; then
    read -r pb_supervisor <"/run/supervise-$RC_SVCNAME.pid"
    read -r pb_comm <"/proc/${pb_supervisor:-none}/comm"
    if [ "${pb_comm:-}" = supervise-daemo ]; then
      pb_known=$(pb_identify "$pb_supervisor")
      kill -s STOP "$pb_supervisor"
      pb_children=$(cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s/^\([0-9]*\) (.*) [^Z] $pb_supervisor .*/\1/p")
      kill -s KILL "$pb_supervisor"
      pb_wait_while 5 pb_any_alive $pb_known
    fi
    supervise-daemon "$RC_SVCNAME" --stop --pidfile "/run/supervise-$RC_SVCNAME.pid" >/dev/null
    rm -f "${RC_SVCDIR:-/run/openrc}/supervise-$RC_SVCNAME.ctl"
  fi 2>/dev/null
  set -- $(printf '%s\n' $pb_children $(openrc_mains "$RC_SVCNAME") $(openrc_adopted "$RC_SVCNAME") | sort -u)
  pb_all=
  [ "${stop_mode:-process}" = process ] || pb_all=$(pb_family "$@")
  [ "${stop_mode:-}" != group ] || pb_signal "$pb_stopsig" $pb_all
  pb_end "$pb_stopsig" "$pb_timeout" $(pb_identify "$@")
  pb_code=$?
  if [ "${stop_mode:-}" = group ]; then pb_end "" "$pb_timeout" $pb_all; else pb_end KILL 0 $pb_all; fi
  rm -f "/run/$RC_SVCNAME.pid"
  eend "$pb_code" "Failed to stop ${name:-$RC_SVCNAME}"
}

status() {
  if [ "${supervisor:-}" = supervise-daemon ]; then
    default_status
  elif [ -n "$(openrc_mains "$RC_SVCNAME")" ]; then
    einfo "status: started"
  elif service_started; then
    eerror "status: crashed"
    return 32
  else
    einfo "status: stopped"
    return 3
  fi
}

# OpenRC offers it when the settings have extra_started_commands=reload.
reload() {
  pb_settings
  ebegin "Reloading ${name:-$RC_SVCNAME}"
  if [ -n "${reload_command:-}" ]; then
    set -- start-stop-daemon --start --pidfile /run/pulumi-bots.none --chdir "${directory:-/}"
    [ "$pb_account" = root ] || set -- "$@" "$pb_chuid" "$pb_account"
    pb_run "" "$reload_command" "" "$@" --exec /bin/sh -- -c 'eval "$PULUMI_BOTS_LAUNCH"'
  else
    kill -s "${reload_signal#SIG}" $(openrc_mains "$RC_SVCNAME")
  fi
  eend $? "Failed to reload ${name:-$RC_SVCNAME}"
}
