/**
 * What our init scripts do, in POSIX sh: one text for all services, below the settings. It needs a shell, awk and the usual
 * small programs, and uses setsid, setpriv and the like where a host has them.
 *
 * A process is known by pid, start time (proc_pid_stat(5), field 22) and boot id: a pid alone is used again. These stand in
 * the record, /var/run/pulumi-bots/NAME; the pid file is for others. Whoever starts a process hands on its own identity,
 * and the new one ends again when that is gone: so a killed start leaves nothing behind that nobody knows of.
 */
export const FUNCTIONS = `
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

# recover: the record has gone. A process of the pid file that was started with just this command is the service.
recover() {
  { read -r found <"$PIDFILE"; } 2>/dev/null || return 1
  born "$found" || return 1
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
  [ -d "$RUN" ] || mkdir -p "$RUN" || return 1
  chmod 755 "$RUN"
  printf '%s\\n' "boot=$boot" "state=$state" "pid=$pid" "pidBorn=$pidBorn" "supervisor=$supervisor" \\
    "supervisorBorn=$supervisorBorn" "restarts=$restarts" "short=$short" "code=$code" "pidFile=$pidFile" \\
    >"$RECORD.$$" && chmod 644 "$RECORD.$$" && mv -f "$RECORD.$$" "$RECORD"
}

# lock: one start or stop at a time. The lock of a holder that has gone is moved away, and back if it was another one.
lock() {
  [ -d "$RUN" ] || mkdir -p "$RUN" || return 1
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

pause() {
  sleep 0.1 2>/dev/null || sleep 1
}

# now: sets $now, hundredths of seconds since boot. No clock that somebody may set.
now() {
  read -r now rest </proc/uptime
  hundredths "$now"
  now=$hundredths
}

# hundredths SECONDS: sets $hundredths.
hundredths() {
  case $1 in
    *.*)
      hundredths=\${1#*.}00
      hundredths=\${1%%.*}\${hundredths%"\${hundredths#??}"}
      ;;
    *) hundredths=\${1}00 ;;
  esac
  while :; do
    case $hundredths in
      0?*) hundredths=\${hundredths#0} ;;
      *) return ;;
    esac
  done
}

# members PID: sets $members, PID:BORN of a process, of all in its session, and of all that these have started.
members() {
  members=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
    {
      pid = $1
      sub(/^.*\\) /, "")
      if ($1 == "Z" || $1 == "X") next
      parent[pid] = $2; session[pid] = $4; born[pid] = $20
    }
    END {
      family[root] = 1
      do {
        grown = 0
        for (pid in parent)
          if (!(pid in family) && (session[pid] == root || parent[pid] in family)) { family[pid] = 1; grown = 1 }
      } while (grown)
      for (pid in family) if (pid in born) printf "%s:%s ", pid, born[pid]
    }')
}

# any_alive MEMBERS
any_alive() {
  for member in $1; do
    alive "\${member%%:*}" "\${member##*:}" && return 0
  done
  return 1
}

# signal_all SIGNAL MEMBERS
signal_all() {
  for member in $2; do
    ! alive "\${member%%:*}" "\${member##*:}" || kill "-$1" "\${member%%:*}" 2>/dev/null
  done
  return 0
}

# signal NAME: sets $signal, as every kill takes it.
signal() {
  case $1 in
    SIGRTMIN+*) signal=$((34 + \${1#SIGRTMIN+})) ;;
    *) signal=\${1#SIG} ;;
  esac
}

# wait_while SECONDS COMMAND...: until the command fails, or the time is over.
wait_while() {
  now
  hundredths "$1"
  deadline=$((now + hundredths))
  shift
  while "$@"; do
    now
    [ "$now" -lt "$deadline" ] || return 1
    pause
  done
}

# The words of the system's own scripts, where it has any. In a subshell: they define much.
say() {
  (
    SYSTEMCTL_SKIP_REDIRECT=1
    if [ -r /lib/lsb/init-functions ]; then . /lib/lsb/init-functions; fi
    if command -v "$1" >/dev/null 2>&1; then "$1" "$2"; else echo "$2"; fi
  ) 2>/dev/null </dev/null
}
say_good() { say log_success_msg "$1"; }
say_bad() { say log_failure_msg "$1" >&2; }

# start_service: never a second copy.
start_service() {
  load
  if alive "$pid" "$pidBorn"; then
    if unguarded; then
      born $$
      detach .supervise "$$" "$born"
      wait_while 5 unguarded
    fi
    say_good "$NAME is running already (pid $pid)"
    return 0
  fi
  end_supervisor
  if [ ! -x "$COMMAND_0" ] || [ -d "$COMMAND_0" ]; then
    say_bad "$NAME: $COMMAND_0 is not a program"
    return 5
  fi
  [ -z "$pidFile" ] || rm -f "$pidFile"
  state=starting pid= pidBorn= supervisor= supervisorBorn= restarts=0 short=0 code= pidFile=
  save || { say_bad "$NAME: $RECORD can't be written"; return 1; }
  born $$
  case $RESTART in
    always | onFailure) detach .supervise "$$" "$born" ;;
    *) detach .run "$$" "$born" ;;
  esac
  wait_while 5 not_recorded
  pause; pause
  load
  if alive "$pid" "$pidBorn" || alive "$supervisor" "$supervisorBorn"; then
    if [ -d "\${SUBSYS%/*}" ]; then : >"$SUBSYS"; fi
    say_good "$NAME is started"
    return 0
  fi
  say_bad "$NAME ended at once"
  return 1
}

# unguarded: nobody would start it again, although somebody should.
unguarded() {
  load
  case $RESTART in
    always | onFailure) ! alive "$supervisor" "$supervisorBorn" ;;
    *) return 1 ;;
  esac
}

not_recorded() {
  load
  [ -z "$pid$code" ]
}

# stop_service: the supervisor first, which would start it again.
stop_service() {
  load
  end_supervisor
  load
  if alive "$pid" "$pidBorn" && ! end_program; then
    say_bad "$NAME (pid $pid) can't be ended"
    return 1
  fi
  rm -f "$PIDFILE" "$SUBSYS"
  [ -z "$pidFile" ] || rm -f "$pidFile"
  if [ -n "$state" ]; then
    state=stopped pid= pidBorn= supervisor= supervisorBorn= pidFile=
    save || return 1
  fi
  say_good "$NAME is stopped"
}

end_supervisor() {
  alive "$supervisor" "$supervisorBorn" || return 0
  kill -TERM "$supervisor" 2>/dev/null
  wait_while 2 alive "$supervisor" "$supervisorBorn" || kill -KILL "$supervisor" 2>/dev/null
  wait_while 2 alive "$supervisor" "$supervisorBorn"
}

# end_program: asked, then killed, as STOP_MODE says.
end_program() {
  members "$pid"
  family=$members
  signal "\${STOP_SIGNAL:-SIGTERM}"
  case $STOP_MODE in
    group)
      signal_all "$signal" "$family"
      wait_while "\${STOP_TIMEOUT:-30}" any_alive "$family"
      ;;
    *) end_main ;;
  esac
  # What is left is killed, parents first; what these have started meanwhile, too.
  family="$pid:$pidBorn $family"
  now
  deadline=$((now + 500))
  while :; do
    case $STOP_MODE in
      process) family=$pid:$pidBorn ;;
      *)
        members "$pid"
        family="$family $members"
        ;;
    esac
    any_alive "$family" || return 0
    signal_all KILL "$family"
    now
    [ "$now" -lt "$deadline" ] || return 1
    pause
  done
}

reload_service() {
  load
  if ! alive "$pid" "$pidBorn"; then
    say_bad "$NAME is not running"
    return 7
  fi
  if [ -n "$RELOAD_SIGNAL" ]; then
    signal "$RELOAD_SIGNAL"
    kill "-$signal" "$pid"
  elif [ "$RELOAD" -gt 0 ]; then
    env -i PATH="$PATH" /bin/sh "$SELF" .reload </dev/null
  else
    say_bad "$NAME can't reload; force-reload restarts it"
    return 3
  fi
}

# status_service: 0 running, 1 dead but there is a pid file, 2 dead but there is a lock, 3 stopped, 4 unknown.
status_service() {
  if [ -e "$RECORD" ] && [ ! -r "$RECORD" ]; then
    echo "$NAME: $RECORD can't be read"
    return 4
  fi
  load
  if alive "$pid" "$pidBorn"; then
    echo "$NAME is running (pid $pid)"
  elif alive "$supervisor" "$supervisorBorn"; then
    echo "$NAME waits for its restart (ended with $code)"
    return 1
  elif [ -z "$state" ] || [ "$state" = stopped ] || [ "$state" = ended ]; then
    echo "$NAME is stopped"
    return 3
  else
    echo "$NAME is dead"
    [ -e "$PIDFILE" ] || [ ! -e "$SUBSYS" ] || return 2
    return 1
  fi
}

# supervise [STARTED PID BORN]: runs the program once; then it is this script anew, as it is by then, that goes on.
supervise() {
  load
  born $$
  supervisor=$$ supervisorBorn=$born
  save || exit 1
  if [ $# = 3 ]; then
    alive "$2" "$3" || exit 1
    [ "$1" = free ] || kill -KILL "$PPID"
  fi
  now
  begun=$now
  if alive "$pid" "$pidBorn"; then
    # Of a process that is not our child nobody can tell how it ended.
    while alive "$pid" "$pidBorn"; do sleep 1; done
    code=unknown
  else
    in_session /bin/sh "$SELF" .run free $$ "$supervisorBorn"
    code=$?
  fi
  ended=$code
  load
  code=$ended
  case $STOP_MODE in
    process) ;;
    *) members "$pid"; signal_all KILL "$members" ;;
  esac
  now
  if [ $((now - begun)) -lt 1000 ]; then short=$((short + 1)); else short=0; fi
  # As with systemd, a program that was asked to end has ended well: HUP, INT, PIPE, TERM.
  case $RESTART,$code in
    onFailure,0 | onFailure,129 | onFailure,130 | onFailure,141 | onFailure,143) state=ended ;;
    always,* | onFailure,*)
      state=waiting
      [ "\${RESTART_ATTEMPTS:-0}" = 0 ] || [ "$short" -lt "$RESTART_ATTEMPTS" ] || state=gaveUp
      ;;
    *) state=ended; [ "$code" = 0 ] || state=failed ;;
  esac
  if [ "$state" != waiting ]; then
    supervisor= supervisorBorn=
    [ "$state" = ended ] && rm -f "$PIDFILE" "$SUBSYS"
    save
    exit
  fi
  save
  now
  hundredths "\${RESTART_DELAY:-5}"
  deadline=$((now + hundredths))
  while [ "$now" -lt "$deadline" ]; do
    if [ $((deadline - now)) -gt 100 ]; then sleep 1; else pause; fi
    now
  done
  restarts=$((restarts + 1))
  state=starting
  save
  exec /bin/sh "$SELF" .supervise
}

# in_session COMMAND...: in a session of its own, where there is setsid(1); without anything that is open here.
in_session() {
  if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; fi
  env -i PATH="$PATH" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# run held|free STARTER BORN: becomes the program. \`held\`: the shell that waits for us in front is not needed any more.
run() {
  load
  born $$
  state=running pid=$$ pidBorn=$born pidFile=$PIDFILE
  save || exit 1
  rm -f "$PIDFILE" && echo $$ >"$PIDFILE" && chmod 644 "$PIDFILE"
  alive "$2" "$3" || exit 1
  [ "$1" = free ] || kill -KILL "$PPID"
  open_logs
  become COMMAND "$COMMAND"
}

open_logs() {
  out=$STDOUT
  if [ -z "$out" ]; then
    out=$LOG
    [ -d "\${LOG%/*}" ] || mkdir -p "\${LOG%/*}"
    if [ -f "$LOG" ] && [ "$(wc -c <"$LOG")" -gt 10485760 ]; then mv -f "$LOG" "$LOG.1"; fi
    : >>"$LOG"
    chmod 640 "$LOG"
  fi
  [ "$out" != discard ] || out=/dev/null
  err=\${STDERR:-$out}
  [ "$err" != discard ] || err=/dev/null
  exec >>"$out" || exit 1
  if [ "$err" = "$out" ]; then exec 2>&1; else exec 2>>"$err"; fi
}

# become LIST COUNT: becomes the command in LIST_0, LIST_1, ... as its user, in its folder, with its environment alone.
become() {
  list=$1 count=$2
  set --
  i=0
  while [ "$i" -lt "$count" ]; do
    eval "set -- \\"\\$@\\" \\"\\$\${list}_$i\\""
    i=$((i + 1))
  done
  # For env(1) that would be a variable.
  case $1 in *=*) set -- nice -n 0 "$@" ;; esac
  for variable in $VARIABLES; do
    eval "set -- \\"\\$variable=\\$VARIABLE_$variable\\" \\"\\$@\\""
  done
  # What a shell exports by itself.
  set -- "$(command -v env)" -u _ -u SHLVL -u PWD -u OLDPWD "$@"
  umask "\${UMASK:-0022}"
  cd "\${WORKING_DIRECTORY:-/}" || exit 1
  if [ -z "$RUN_AS_USER$RUN_AS_GROUP" ]; then enter "$@"; fi
  user=\${RUN_AS_USER:-root}
  group=\${RUN_AS_GROUP:-$(id -g "$user")}
  [ -n "$group" ] || exit 1
  if [ -n "$RUN_AS_USER" ]; then
    USER=$user LOGNAME=$user
    HOME=$({ getent passwd "$user" || grep "^$user:" /etc/passwd; } 2>/dev/null | cut -d: -f6)
    HOME=\${HOME:-/}
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
  [ -d /run/systemd/system ] && [ -z "\${SYSTEMCTL_SKIP_REDIRECT:-}" ] && [ "$PPID" != 1 ] || return 1
  grep -q "/$NAME.service" /proc/self/cgroup 2>/dev/null && return 1
  load
  case $1 in
    # systemd takes a script that has started something for active for ever.
    start)
      ! alive "$pid" "$pidBorn" || ! unguarded || return 1
      alive "$pid" "$pidBorn" || set -- restart
      ;;
    try-restart | condrestart) alive "$pid" "$pidBorn" || return 1; set -- restart ;;
    force-reload) set -- restart ;;
  esac
  systemctl "$1" "$NAME.service"
  result=$?
}
`;

/** The end of the script: which action is wanted. */
export const DISPATCH = `
umask 022
case \${1:-} in
  start | stop | restart | try-restart | condrestart | reload | force-reload)
    if [ "$(id -u)" != 0 ]; then
      say_bad "$NAME: only root can do that"
      exit 4
    fi
    ;;
  status)
    status_service
    exit
    ;;
  .hold) # waits in front of what it has started, until that ends it: a process in the background could not be interrupted
    shift
    in_session /bin/sh "$SELF" "$1" held "$2" "$3"
    exit 1
    ;;
  .run) run "$2" "$3" "$4" ;;
  .supervise)
    shift
    supervise "$@"
    ;;
  .reload) become RELOAD "$RELOAD" ;;
  .adopt) # PID: a process that somebody else has started is the service from now on
    load
    born "$2" || exit 7
    state=running pid=$2 pidBorn=$born pidFile=$PIDFILE restarts=0 short=0 code=
    save || exit 1
    rm -f "$PIDFILE" && echo "$pid" >"$PIDFILE" && chmod 644 "$PIDFILE"
    start_service
    exit
    ;;
  *)
    echo "Usage: $SELF {start|stop|restart|try-restart|reload|force-reload|status}" >&2
    exit 2
    ;;
esac

if [ "$1" != reload ] && through_systemd "$1"; then exit "$result"; fi
lock || exit 1
trap unlock EXIT
trap 'exit 1' HUP INT TERM
case $1 in
  start) start_service ;;
  stop) stop_service ;;
  reload) reload_service ;;
  restart | force-reload)
    stop_service && start_service
    ;;
  try-restart | condrestart)
    load
    if alive "$pid" "$pidBorn"; then stop_service && start_service; fi
    ;;
esac
exit
`;

/** How a script of `lsb` starts a process apart, changes the user, and ends the main process. */
export const LSB_FUNCTIONS = `
# detach ACTION STARTER BORN: runs an action of this script apart from us.
detach() {
  { /bin/sh "$SELF" .hold "$@"; } </dev/null >/dev/null 2>&1
}

# as_user COMMAND...: without PAM, which would keep a process of its own in front.
as_user() {
  if setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null; then
    enter "$(command -v setpriv)" --reuid "$user" --regid "$group" --init-groups "$@"
  fi
  # These two forget the folder.
  set -- /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "\${WORKING_DIRECTORY:-/}" "$@"
  if chroot --userspec=0:0 --groups=0 / true 2>/dev/null; then
    groups=$(id -G "$user" | tr ' ' ,)
    enter "$(command -v chroot)" --userspec="$user:$group" --groups="$groups" / "$@"
  fi
  if command -v start-stop-daemon >/dev/null 2>&1; then
    shell=$1
    shift
    enter "$(command -v start-stop-daemon)" -S -p "$RECORD.none" -c "$user:$group" -a "$shell" -- "$@"
  fi
  echo "$NAME: no setpriv, chroot or start-stop-daemon here that could change the user" >&2
  exit 1
}

# end_main: asks the main process to end, and waits for it.
end_main() {
  kill "-$signal" "$pid" 2>/dev/null
  wait_while "\${STOP_TIMEOUT:-30}" alive "$pid" "$pidBorn"
}
`;

/**
 * The same by start-stop-daemon(8) of dpkg. Output is not left to its --output, which older ones lack and which knows one
 * file only. It finds a process by the pid file alone, so the identity has been checked before it is asked to end one.
 */
export const START_STOP_DAEMON_FUNCTIONS = `
# detach ACTION STARTER BORN: runs an action of this script apart from us.
detach() {
  action=$1
  shift
  set -- /bin/sh "$SELF" "$action" free "$@"
  # start-stop-daemon forks once more after it has made the session.
  if command -v setsid >/dev/null 2>&1; then set -- "$(command -v setsid)" "$@"; fi
  program=$1
  shift
  set -- --startas "$program" -- "$@"
  if [ "$action" = .run ]; then
    rm -f "$PIDFILE"
    set -- --pidfile "$PIDFILE" --make-pidfile "$@"
  else
    set -- --pidfile "$RECORD.none" "$@"
  fi
  env -i PATH="$PATH" start-stop-daemon --start --quiet --background "$@" </dev/null >/dev/null 2>&1 \\
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

as_user() {
  program=$1
  shift
  enter "$(command -v start-stop-daemon)" --start --quiet --pidfile "$RECORD.none" --chuid "$user:$group" \\
    --chdir "\${WORKING_DIRECTORY:-/}" --umask "\${UMASK:-0022}" --startas "$program" -- "$@"
}

# end_main: asks the main process to end, waits for it, and kills it.
end_main() {
  rm -f "$PIDFILE" && echo "$pid" >"$PIDFILE" && chmod 644 "$PIDFILE" || return 1
  start-stop-daemon --stop --quiet --oknodo --pidfile "$PIDFILE" --retry "-$signal/\${STOP_TIMEOUT:-30}/KILL/5" >/dev/null
}
`;
