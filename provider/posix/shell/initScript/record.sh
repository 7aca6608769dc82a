# shellcheck shell=sh disable=SC2086,SC2046
# The record of the service and its lock.
#
# All our init scripts have the same text below the settings. It needs a shell, awk and the usual small programs, and uses setsid,
# setpriv and similar programs if the host has them.
#
# Pid, start time and boot id identify a process. The record, /var/run/pulumi-bots/NAME, holds them. The pid file is for other
# programs; it is not trusted if others can write it. A process passes its own identity to the process that it starts, which
# exits if its starter has gone, so a killed start leaves no unknown process behind.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
SELF=/etc/init.d/$NAME
RUN=/var/run/pulumi-bots
RECORD=$RUN/$NAME
PIDFILE=${PID_FILE:-/var/run/$NAME.pid}
LOG=/var/log/pulumi-bots/$NAME.log
SUBSYS=/var/lock/subsys/$NAME

# load: reads the record. A record of an earlier boot does not count.
load() {
  recorded= state= pid= pidBorn= supervisor= supervisorBorn= restarts=0 short=0 code= pidFile= boot=
  read -r boot </proc/sys/kernel/random/boot_id
  [ -r "$RECORD" ] || recover || return 0
  [ -z "$state" ] || return 0
  while IFS='=' read -r key value; do
    case $key in
      boot) recorded=$value; [ "$value" = "$boot" ] || return 0 ;;
      state) state=$value ;;
      pid) pid=$value ;;
      pidBorn) pidBorn=$value ;;
      supervisor) supervisor=$value ;;
      supervisorBorn) supervisorBorn=$value ;;
      restarts) restarts=$value ;;
      short) short=$value ;;
      code) code=$value ;;
      pidFile) pidFile=$value ;;
    esac
  done <"$RECORD"
}

# recover: without a record, the process in the pid file is the service if it was started with exactly this command. If others
# can write the pid file, it must also run as the service's own user.
recover() {
  [ -f "$PIDFILE" ] || return 1
  { read -r found <"$PIDFILE"; } 2>/dev/null || return 1
  pb_start_time "$found" || return 1
  if [ -n "$(pb_others "$PIDFILE")" ]; then
    unprivileged || return 1
    set -- $(ls -ldn "/proc/$found" 2>/dev/null)
    [ "${3:-}" = "$(id -u "$RUN_AS_USER")" ] || return 1
  fi
  wanted=
  i=0
  while [ "$i" -lt "$COMMAND" ]; do
    eval "wanted=\"\$wanted\$COMMAND_$i \""
    i=$((i + 1))
  done
  case $(tr '\0' ' ' <"/proc/$found/cmdline") in
    "$wanted" | *" $wanted") state=running pid=$found pidBorn=$pb_start_time pidFile=$PIDFILE ;;
    *) return 1 ;;
  esac
}

save() {
  [ -d "$RUN" ] || (umask 022; mkdir -p "$RUN") || return 1
  (umask 022; printf '%s\n' "boot=$boot" "state=$state" "pid=$pid" "pidBorn=$pidBorn" "supervisor=$supervisor" \
    "supervisorBorn=$supervisorBorn" "restarts=$restarts" "short=$short" "code=$code" "pidFile=$pidFile" \
    >"$RECORD.$$") && mv -f "$RECORD.$$" "$RECORD"
}

# lock: allows one start or stop at a time. The lock of a dead holder is moved away, and moved back if it is a new lock.
lock() {
  [ -d "$RUN" ] || (umask 022; mkdir -p "$RUN") || return 1
  pb_start_time $$
  echo "$$ $pb_start_time" >"$RECORD.lock.$$" || return 1
  tries=0
  until ln "$RECORD.lock.$$" "$RECORD.lock" 2>/dev/null; do
    holder= holderBorn=
    { read -r holder holderBorn <"$RECORD.lock"; } 2>/dev/null
    if [ -n "$holder" ] && ! pb_alive "$holder" "$holderBorn" && mv "$RECORD.lock" "$RECORD.stale.$$" 2>/dev/null; then
      [ "$holder $holderBorn" = "$(cat "$RECORD.stale.$$")" ] || ln "$RECORD.stale.$$" "$RECORD.lock" 2>/dev/null
      rm -f "$RECORD.stale.$$"
      continue
    fi
    tries=$((tries + 1))
    if [ "$tries" -gt 3000 ]; then
      rm -f "$RECORD.lock.$$"
      say_bad "another start or stop of $NAME (pid $holder) does not end"
      return 1
    fi
    pb_pause
  done
  rm -f "$RECORD.lock.$$"
}

unlock() {
  rm -f "$RECORD.lock"
}
