/** What is known of the service, and who may change it: identity of processes, record, lock. */
export const RECORD = `
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
SELF=/etc/init.d/$NAME
RUN=/var/run/pulumi-bots
RECORD=$RUN/$NAME
PIDFILE=\${PID_FILE:-/var/run/$NAME.pid}
LOG=/var/log/pulumi-bots/$NAME.log
SUBSYS=/var/lock/subsys/$NAME

# born PID: sets $born, when that process was started. Fails when it has gone, or is a zombie.
born() {
  born=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${stat##*) }
  case $1 in [ZX]) return 1 ;; esac
  shift 19
  born=$1
}

# alive PID BORN: is it still this one?
alive() {
  [ -n "$1" ] && [ -n "$2" ] && born "$1" && [ "$born" = "$2" ]
}

# load: what is known of the service. Of another boot nothing is.
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

# recover: the record has gone. A process of the pid file that was started with just this command is the service; where others
# can write the pid file, only one of the service's own user.
recover() {
  [ -f "$PIDFILE" ] || return 1
  { read -r found <"$PIDFILE"; } 2>/dev/null || return 1
  born "$found" || return 1
  if [ -n "$(pb_others "$PIDFILE")" ]; then
    unprivileged || return 1
    set -- $(ls -ldn "/proc/$found" 2>/dev/null)
    [ "\${3:-}" = "$(id -u "$RUN_AS_USER")" ] || return 1
  fi
  wanted=
  i=0
  while [ "$i" -lt "$COMMAND" ]; do
    eval "wanted=\\"\\$wanted\\$COMMAND_$i \\""
    i=$((i + 1))
  done
  case $(tr '\\0' ' ' <"/proc/$found/cmdline") in
    "$wanted" | *" $wanted") state=running pid=$found pidBorn=$born pidFile=$PIDFILE ;;
    *) return 1 ;;
  esac
}

save() {
  [ -d "$RUN" ] || (umask 022; mkdir -p "$RUN") || return 1
  (umask 022; printf '%s\\n' "boot=$boot" "state=$state" "pid=$pid" "pidBorn=$pidBorn" "supervisor=$supervisor" \\
    "supervisorBorn=$supervisorBorn" "restarts=$restarts" "short=$short" "code=$code" "pidFile=$pidFile" \\
    >"$RECORD.$$") && mv -f "$RECORD.$$" "$RECORD"
}

# lock: one start or stop at a time. The lock of a holder that has gone is moved away, and back if it was another one.
lock() {
  [ -d "$RUN" ] || (umask 022; mkdir -p "$RUN") || return 1
  born $$
  echo "$$ $born" >"$RECORD.lock.$$" || return 1
  tries=0
  until ln "$RECORD.lock.$$" "$RECORD.lock" 2>/dev/null; do
    holder= holderBorn=
    { read -r holder holderBorn <"$RECORD.lock"; } 2>/dev/null
    if [ -n "$holder" ] && ! alive "$holder" "$holderBorn" && mv "$RECORD.lock" "$RECORD.stale.$$" 2>/dev/null; then
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
    pause
  done
  rm -f "$RECORD.lock.$$"
}

unlock() {
  rm -f "$RECORD.lock"
}
`;
