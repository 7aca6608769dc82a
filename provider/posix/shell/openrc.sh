# shellcheck shell=sh
# OpenRC: what is done to a service of ours. What OpenRC starts gets nothing of ours but a stderr that is a file.

# openrc_mains NAME: prints the pids of the programs that were started for a service. A program that our script started bears its
# service and its own pid in the environment, which is its identity: a pid alone is used again, and OpenRC's records go with
# a `stop` that left the process. What the program starts bears it too, with a pid that is not its own.
openrc_mains() {
  # shellcheck disable=SC2013 # paths without blanks
  for pb_path in $(grep -lF "PULUMI_BOTS_SERVICE=$1:" /proc/[0-9]*/environ 2>/dev/null); do
    pb_pid=${pb_path%/environ}
    pb_pid=${pb_pid#/proc/}
    ! tr '\0' '\n' <"$pb_path" 2>/dev/null | grep -qxF "PULUMI_BOTS_SERVICE=$1:$pb_pid" || echo "$pb_pid"
  done 2>/dev/null
}

# openrc_adopted NAME: prints the pid of one that runs from before the script was ours, by OpenRC's record and name of the service.
openrc_adopted() {
  pb_file=$(cat "/run/openrc/options/$1/pidfile") # OpenRC ends its files without a newline
  read -r pb_pid <"${pb_file:-none}" && read -r pb_comm <"/proc/$pb_pid/comm" || return 0
  [ "$pb_comm" != supervise-daemo ] || return 0
  ! tr '\0' '\n' <"/proc/$pb_pid/environ" 2>/dev/null | grep -qxF "RC_SVCNAME=$1" || echo "$pb_pid"
} 2>/dev/null

# openrc_alone: OpenRC writes its cache of dependencies in place. Another command that reads it at that moment finds only a part,
# and fails ("needs service(s) net"). A start of somebody else's script may take long, so the wait is short.
openrc_alone() { pb_alone 20; }

# openrc_ask SECONDS rc-service|rc-update ARGUMENT...
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

# openrc_update: OpenRC reads dependencies again when a file is younger than its cache; in the same second it is not.
openrc_update() {
  openrc_ask 60 rc-update --update || { rc=$?; echo "rc-update --update failed ($rc)" >&2; return $rc; }
}

# openrc_now NAME PID START_TIME: sets $members to the processes that are surely the service's: those that bear our mark, and the
# one that was seen before (0 for none), which may be of a script that is not ours.
openrc_now() {
  # shellcheck disable=SC2046 # a list
  members=$(pb_identify $(openrc_mains "$1"))
  ! pb_alive "$2" "$3" || case " $members" in *" $2:"*) ;; *) members="$members $2:$3" ;; esac
}

# openrc_marked NAME MARK...: has OpenRC one of these records of it?
openrc_marked() {
  service=$1
  shift
  for mark; do
    { [ ! -e "/run/openrc/$mark/$service" ] && [ ! -L "/run/openrc/$mark/$service" ]; } || return 0
  done
  return 1
}

# openrc_supervisor NAME: sets $supervisor to its supervisor. Fails when it has none.
openrc_supervisor() {
  { read -r pid <"/run/supervise-$1.pid" && read -r comm <"/proc/$pid/comm"; } 2>/dev/null &&
    [ "$comm" = supervise-daemo ] && supervisor=$(pb_identify "$pid") && [ -n "$supervisor" ]
}

# openrc_unsupervise NAME: kills a supervisor that holds on: it would start the program again.
openrc_unsupervise() {
  # shellcheck disable=SC2086 # a list
  ! openrc_supervisor "$1" || pb_end KILL 5 $supervisor
  rm -f "/run/supervise-$1.pid" "/run/openrc/supervise-$1.ctl"
}

# openrc_end NAME SIGNAL SECONDS: ends $members.
openrc_end() {
  # shellcheck disable=SC2086 # a list
  pb_end "$2" "$3" $members || { echo "$1: process $members does not end" >&2; return 1; }
}

# openrc_stop NAME PID START_TIME SIGNAL SECONDS MOST [--nodeps]: stops the service for sure, whatever its script does: OpenRC's
# stop first, which may fail or hang, for at most MOST seconds; then its processes by their identity, then OpenRC's record.
# `--nodeps`: what needs the service goes on when it is only restarted.
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

# openrc_forget NAME: what OpenRC remembers of a service, by hand: for one whose script is gone.
openrc_forget() {
  rm -rf /run/openrc/*/"$1" "/run/openrc/supervise-$1.ctl" "/run/supervise-$1.pid" "/run/$1.pid"
}

# openrc_start NAME PID START_TIME SECONDS: nothing of it may run before: not what lost its supervisor, nor what OpenRC has
# forgotten. A record of something that has ended makes OpenRC refuse the start: `zap` is its own way out.
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

# openrc_boot NAME automatic|manual LEVEL...: the links in the run levels: in the one that the script on the host names, and in no
# other; of a script that is not ours, in LEVEL....
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

# openrc_unless_others NAME COMMAND...: not where an init script of another manager is at the same place: with what OpenRC knows of
# it, that is none of ours.
openrc_unless_others() {
  [ ! -f "/etc/init.d/$1" ] || head -n 1 "/etc/init.d/$1" | grep -Eq 'openrc-run|runscript' || return 0
  shift
  "$@"
}

# openrc_unlink NAME: not by rc-update: it fails for what is half gone.
openrc_unlink() { rm -f /etc/runlevels/*/"$1"; }

# openrc_remove NAME SECRETS LOG: its files. Settings of other people stay; emits `leftovers`, which names them.
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

# openrc_verify SCRIPT [SERVICE PROPERTY]...: has the host's own shell read the script, and looks whether what it depends on is
# there: as a script, or as what one of them provides (`net`). OpenRC refuses a start for a missing `need`; without one that
# is only used, or only to be started before, it starts all the same, as most scripts count on: that is a remark.
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

# openrc_processes NAME: emits `processes`, the main process with its session and what came of it; one that is not ours is known
# by OpenRC's records.
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
