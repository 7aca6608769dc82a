# shellcheck shell=sh
# OpenRC: changes of services that the provider defines. What OpenRC starts inherits only a stderr, which is a file.

# openrc_mains NAME: prints the pids of the programs that were started for a service. Our script puts the service's name and
# the program's own pid into the environment of the program. That identifies it: a pid alone is reused, and OpenRC drops its
# records after a `stop` that did not end the process. Children inherit the variable, but their own pid differs from the one
# in it.
openrc_mains() {
  # shellcheck disable=SC2013 # paths without blanks
  for pb_path in $(grep -lF "PULUMI_BOTS_SERVICE=$1:" /proc/[0-9]*/environ 2>/dev/null); do
    pb_pid=${pb_path%/environ}
    pb_pid=${pb_pid#/proc/}
    ! tr '\0' '\n' <"$pb_path" 2>/dev/null | grep -qxF "PULUMI_BOTS_SERVICE=$1:$pb_pid" || echo "$pb_pid"
  done 2>/dev/null
}

# openrc_adopted NAME: prints the pid of a program that was started before the script was ours. OpenRC's record names it,
# and its environment must hold OpenRC's name of the service.
openrc_adopted() {
  pb_file=$(cat "/run/openrc/options/$1/pidfile") # OpenRC ends its files without a newline
  read -r pb_pid <"${pb_file:-none}" && read -r pb_comm <"/proc/$pb_pid/comm" || return 0
  [ "$pb_comm" != supervise-daemo ] || return 0
  ! tr '\0' '\n' <"/proc/$pb_pid/environ" 2>/dev/null | grep -qxF "RC_SVCNAME=$1" || echo "$pb_pid"
} 2>/dev/null

# openrc_alone: only one command of OpenRC at a time. OpenRC rewrites its dependency cache in place, so another command may
# read half of it and fail ("needs service(s) net"). The wait is short, because the start of another service may take long.
openrc_alone() { pb_alone 20; }

# openrc_ask SECONDS rc-service|rc-update ARGUMENT...: runs the command with a time limit.
openrc_ask() {
  seconds=$1
  shift
  openrc_alone
  pb_bounded "$seconds" "$@" </dev/null >&2 3>&- 8<&-
  rc=$?
  exec 8<&-
  [ $rc != 124 ] || echo "$*: did not finish within $seconds seconds" >&2
  return $rc
}

# openrc_update: makes OpenRC read dependencies again. OpenRC itself does so only if a file is younger than its cache, and
# misses a change within the same second.
openrc_update() {
  openrc_ask 60 rc-update --update || { rc=$?; echo "rc-update --update failed ($rc)" >&2; return $rc; }
}

# openrc_now NAME PID START_TIME: sets $members to the processes that certainly belong to the service: those that our script
# started, and the one that was seen before (0 for none), which another script may have started.
openrc_now() {
  # shellcheck disable=SC2046 # a list
  members=$(pb_identify $(openrc_mains "$1"))
  ! pb_alive "$2" "$3" || case " $members" in *" $2:"*) ;; *) members="$members $2:$3" ;; esac
}

# openrc_marked NAME MARK...: does OpenRC have one of these records of the service?
openrc_marked() {
  service=$1
  shift
  for mark; do
    { [ ! -e "/run/openrc/$mark/$service" ] && [ ! -L "/run/openrc/$mark/$service" ]; } || return 0
  done
  return 1
}

# openrc_supervisor NAME: sets $supervisor to the supervisor of the service. Fails if there is none.
openrc_supervisor() {
  { read -r pid <"/run/supervise-$1.pid" && read -r comm <"/proc/$pid/comm"; } 2>/dev/null &&
    [ "$comm" = supervise-daemo ] && supervisor=$(pb_identify "$pid") && [ -n "$supervisor" ]
}

# openrc_unsupervise NAME: kills a supervisor that remained: it would start the program again.
openrc_unsupervise() {
  # shellcheck disable=SC2086 # a list
  ! openrc_supervisor "$1" || pb_end KILL 5 $supervisor
  rm -f "/run/supervise-$1.pid" "/run/openrc/supervise-$1.ctl"
}

# openrc_end NAME SIGNAL SECONDS: ends the processes in $members.
openrc_end() {
  # shellcheck disable=SC2086 # a list
  pb_end "$2" "$3" $members || { echo "$1: process $members does not end" >&2; return 1; }
}

# openrc_stop NAME PID START_TIME SIGNAL SECONDS MOST [--nodeps]: stops the service, whatever its script does. First by
# OpenRC, which may fail or hang, for at most MOST seconds. Then it ends the remaining processes, and removes OpenRC's
# record. `--nodeps` leaves dependent services running during a restart.
openrc_stop() {
  name=$1 seen=$2 born=$3 signal=$4 patience=$5 most=$6
  shift 6
  if [ -x "/etc/init.d/$name" ] && openrc_marked "$name" started starting inactive; then
    openrc_ask "$most" rc-service "$@" "$name" stop || echo "OpenRC could not stop $name (exit code $rc)" >&2
  fi
  openrc_unsupervise "$name"
  openrc_now "$name" "$seen" "$born"
  openrc_end "$name" "$signal" "$patience" || return
  openrc_marked "$name" started starting stopping inactive || return 0
  if [ -x "/etc/init.d/$name" ]; then openrc_ask 30 rc-service "$name" zap; else openrc_forget "$name"; fi
}

# openrc_forget NAME: removes OpenRC's records of a service whose script is gone.
openrc_forget() {
  rm -rf /run/openrc/*/"$1" "/run/openrc/supervise-$1.ctl" "/run/supervise-$1.pid" "/run/$1.pid"
}

# openrc_start NAME PID START_TIME SECONDS: ends all processes of the service first, such as one that lost its supervisor or
# that OpenRC no longer knows. OpenRC refuses to start a service that it has recorded as started; `zap` removes that record.
openrc_start() {
  openrc_unsupervise "$1"
  openrc_now "$1" "$2" "$3"
  openrc_end "$1" TERM "$4" || return
  if openrc_marked "$1" started starting stopping inactive; then openrc_ask 30 rc-service "$1" zap || return; fi
  rm -f "/run/openrc/failed/$1"
  openrc_ask "$(pb_left)" rc-service "$1" start
}

# openrc_reload NAME
openrc_reload() { openrc_ask "$(pb_left)" rc-service "$1" reload; }

# openrc_boot NAME automatic|manual LEVEL...: sets the links in the run levels: only in the level that the script on the
# host names or, if the script is not ours, in LEVEL....
openrc_boot() {
  name=$1 mode=$2
  shift 2
  wanted=$*
  level=$(sed -n 's/^boot_runlevel=//p' "/etc/init.d/$name" 2>/dev/null | tr -d "'" | head -n 1)
  if [ -n "$level" ] || grep -q '^# pulumi-bots: ' "/etc/init.d/$name" 2>/dev/null; then wanted=${level:-default}; fi
  [ "$mode" = automatic ] || wanted=
  for level in /etc/runlevels/*; do
    level=${level##*/}
    case " $wanted " in *" $level "*) continue ;; esac
    rm -f "/etc/runlevels/$level/$name" || return
  done
  # shellcheck disable=SC2086 # a list
  openrc_link "$name" $wanted
}

# openrc_link NAME LEVEL...
openrc_link() {
  name=$1
  shift
  for level; do
    [ -L "/etc/runlevels/$level/$name" ] || openrc_ask 60 rc-update add "$name" "$level" || return
  done
}

# openrc_unless_others NAME COMMAND...: runs the command, unless the script there belongs to another manager. OpenRC's
# records of it are then not ours.
openrc_unless_others() {
  [ ! -f "/etc/init.d/$1" ] || head -n 1 "/etc/init.d/$1" | grep -Eq 'openrc-run|runscript' || return 0
  shift
  "$@"
}

# openrc_unlink NAME: removes the links. rc-update(8) fails if only a part of the service is left.
openrc_unlink() { rm -f /etc/runlevels/*/"$1"; }

# openrc_remove NAME SECRETS LOG: removes the files of the service. Settings of others stay; emits `leftovers`, their paths.
openrc_remove() {
  rm -f "/etc/init.d/$1" "$2" "$3" "$3.1" || return
  rmdir "${2%/*}" "${3%/*}" 2>/dev/null
  openrc_forget "$1"
  leftovers=
  for level in /etc/runlevels/*; do
    file=/etc/conf.d/$1.${level##*/}
    [ ! -e "$file" ] || leftovers="$leftovers$file
"
  done
  [ ! -e "/etc/conf.d/$1" ] || leftovers="$leftovers/etc/conf.d/$1
"
  [ -z "$leftovers" ] || emit leftovers "$leftovers"
}

# openrc_verify SCRIPT [SERVICE PROPERTY]...: checks the syntax of the script with the host's own shell, and whether the
# host has what the script depends on: a script, or a service that another script provides (`net`). A missing `need` is an
# error, because OpenRC would refuse the start. A missing `use` or `after` is only a remark: OpenRC starts the service
# anyway, and many scripts rely on that.
openrc_verify() {
  printf %s "$1" | sh -n || return
  shift
  missing=
  while [ $# -gt 0 ]; do
    [ -e "/etc/init.d/$1" ] || grep -qE "_(service|i?provide_[0-9]+)='$1'\$" /run/openrc/deptree 2>/dev/null || {
      case $2 in options.openrc.need*) missing=1 ;; esac
      echo "$2: there is no service $1" >&2
    }
    shift 2
  done
  [ -z "$missing" ]
}

# openrc_processes NAME: emits `processes`: the main process, its session, and their descendants. OpenRC's records name the
# main process of a service that is not ours.
openrc_processes() {
  mains=$(openrc_mains "$1")
  if [ -z "$mains" ]; then
    for file in "/run/openrc/options/$1/child_pid" "$(cat "/run/openrc/options/$1/pidfile" 2>/dev/null)" "/run/$1.pid"; do
      [ -f "$file" ] || continue
      pid=$(cat "$file")
      { read -r comm <"/proc/$pid/comm"; } 2>/dev/null || continue
      case $comm in supervise-daemo) ;; *) mains="$mains $pid" ;; esac
    done
  fi
  # shellcheck disable=SC2046,SC2086 # lists
  processes=$(pb_pids $(pb_family $mains))
  emit processes "$processes"
}
