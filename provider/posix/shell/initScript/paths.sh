# shellcheck shell=sh disable=SC2086,SC2046
# Files at places that the user chose: the pid file and the logs. Root touches them only where nobody else can change what their
# paths name, else the service's own user does, to whom a link there opens nothing.

late_out= late_err=
# account: sets $user and $group, as whom the program runs.
account() {
  user=${RUN_AS_USER:-root}
  group=${RUN_AS_GROUP:-$(id -g "$user")}
  [ -n "$group" ]
}

# unprivileged: the program's user is somebody else than root.
unprivileged() {
  [ -n "$RUN_AS_USER" ] || return 1
  case $(id -u "$RUN_AS_USER" 2>/dev/null) in '' | 0) return 1 ;; esac
}

# at PATH SHELL WORD: runs the shell text, to which the path is $1 and the word $2. Fails where only root could, and must not.
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

# write_pid PID: what is there is replaced, not followed.
write_pid() {
  at "$PIDFILE" 'umask 022; rm -f "$1" && set -C && echo "$2" >"$1"' "$1"
}

# drop_pid FILE
drop_pid() {
  [ ! -e "$1" ] && [ ! -L "$1" ] || at "$1" 'rm -f "$1"' ""
}

# drop_subsys: not where somebody else has made that folder.
drop_subsys() {
  [ ! -e "$SUBSYS" ] || [ -n "$(pb_others "$SUBSYS")" ] || rm -f "$SUBSYS"
}

# own_log: the file that is the log when none is named. Removing another service takes the folder away while it is empty.
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

# choose_logs: sets $out and $err, and what root must not open in $late_out and $late_err. It takes some processes: it comes
# before the record, for which a start waits.
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

# roots_to_open FILE: ends us, with words in the service's own log, when it is nobody's.
roots_to_open() {
  [ -n "$(pb_others "$1")" ] || return 0
  ! unprivileged || return 1
  own_log
  echo "$NAME: root does not open $1: others can change what that path names" >>"$LOG"
  exit 1
}

# What the program's user does before it becomes the program. A log that root once opened there makes way. It has no
# variables: they could be the program's.
OPEN_LATE='
[ ! -f "$1" ] || [ -L "$1" ] || [ -w "$1" ] || mv -f "$1" "$1.old"
[ ! -f "$2" ] || [ -L "$2" ] || [ -w "$2" ] || mv -f "$2" "$2.old"
[ -z "$1" ] || exec >>"$1" || exit 1
if [ -n "$2" ]; then
  if [ "$1" = "$2" ]; then exec 2>&1; else exec 2>>"$2" || exit 1; fi
fi
shift 2
exec "$@"'
