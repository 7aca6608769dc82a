# shellcheck shell=sh disable=SC2086,SC2046
# Files in places that the user chose: the pid file and the logs. Root accesses them only where nobody else can change their
# paths. Elsewhere the service's own user does, so a link can't give access to anything new.

late_out= late_err=
# account: sets $user and $group to those of the program.
account() {
  user=${RUN_AS_USER:-root}
  group=${RUN_AS_GROUP:-$(id -g "$user")}
  [ -n "$group" ]
}

# unprivileged: succeeds if the program does not run as root.
unprivileged() {
  [ -n "$RUN_AS_USER" ] || return 1
  case $(id -u "$RUN_AS_USER" 2>/dev/null) in '' | 0) return 1 ;; esac
}

# at PATH SHELL WORD: runs the shell code with the path as $1 and the word as $2. Fails where only root could do it, but must not.
at() {
  if [ -z "$(pb_others "$1")" ]; then
    /bin/sh -c "$2" sh "$1" "$3"
    return
  fi
  unprivileged || return 1
  (
    SECRETS= WORKING_DIRECTORY= UMASK=0022
    account && as_user /bin/sh -c "$2" sh "$1" "$3"
  )
} </dev/null 2>/dev/null

# write_pid PID: replaces an existing file or link.
write_pid() {
  at "$PIDFILE" 'umask 022; rm -f "$1" && set -C && echo "$2" >"$1"' "$1"
}

# drop_pid FILE
drop_pid() {
  [ ! -e "$1" ] && [ ! -L "$1" ] || at "$1" 'rm -f "$1"' ""
}

# drop_subsys: does nothing where another user has created the directory.
drop_subsys() {
  [ ! -e "$SUBSYS" ] || [ -n "$(pb_others "$SUBSYS")" ] || rm -f "$SUBSYS"
}

# own_log: creates the default log file. Tries again, because removing another service deletes the directory while it is empty.
own_log() {
  if [ -n "$(pb_others "$LOG")" ]; then
    LOG=/dev/null
    return
  fi
  if [ -f "$LOG" ] && [ "$(wc -c <"$LOG")" -gt 10485760 ]; then mv -f "$LOG" "$LOG.1"; fi
  tries=0
  until [ -e "$LOG" ] || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    ( (umask 022; mkdir -p "${LOG%/*}") && umask 027 && : >>"$LOG") 2>/dev/null
  done
}

# choose_logs: sets $out and $err, and in $late_out and $late_err the files that root must not open. It needs some processes, so
# it runs before the record is written, for which a start waits.
choose_logs() {
  out=$STDOUT
  if [ -z "$out" ]; then
    own_log
    out=$LOG
  fi
  [ "$out" != discard ] || out=/dev/null
  err=${STDERR:-$out}
  [ "$err" != discard ] || err=/dev/null
  roots_to_open "$out" || late_out=$out
  if [ "$err" = "$out" ]; then late_err=$late_out; else roots_to_open "$err" || late_err=$err; fi
}

open_logs() {
  [ -n "$late_out" ] || exec >>"$out" || exit 1
  [ -z "$late_err" ] || return 0
  if [ "$err" = "$out" ]; then exec 2>&1; else exec 2>>"$err"; fi
}

# roots_to_open FILE: if nobody may open the file, writes a message to the service's own log and exits.
roots_to_open() {
  [ -n "$(pb_others "$1")" ] || return 0
  ! unprivileged || return 1
  own_log
  echo "$NAME: root does not open $1: others can change what that path names" >>"$LOG"
  exit 1
}

# Runs as the program's user and then executes the program. Moves away a log that root once created there. It uses no variables,
# because they could be the program's.
OPEN_LATE='
[ ! -f "$1" ] || [ -L "$1" ] || [ -w "$1" ] || mv -f "$1" "$1.old"
[ ! -f "$2" ] || [ -L "$2" ] || [ -w "$2" ] || mv -f "$2" "$2.old"
[ -z "$1" ] || exec >>"$1" || exit 1
if [ -n "$2" ]; then
  if [ "$1" = "$2" ]; then exec 2>&1; else exec 2>>"$2" || exit 1; fi
fi
shift 2
exec "$@"'
