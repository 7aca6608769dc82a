# shellcheck shell=sh
# Checks a new init script before anything is changed: the host must have what its header and its settings name. `wrong`
# records what is missing, and `verify_script` fails then.

# wrong WORDS: reports a problem.
wrong() { wrong=1; printf '%s\n' "$1" >&2; }

# verify_script BASE64: checks the syntax of the script with the host's shell, if nothing else is wrong.
verify_script() {
  [ -d /etc/init.d ] || wrong "there is no folder /etc/init.d on this host"
  [ -z "${wrong-}" ] || return 1
  printf %s "$1" | base64 -d | /bin/sh -n >&2
}

# verify_facility NAME PROPERTY: does something on the host provide it?
verify_facility() {
  case $1 in
    '$'*) cat /etc/insserv.conf /etc/insserv.conf.d/* 2>/dev/null | awk -v name="$1" '$1 == name { found = 1 } END { exit !found }' && return ;;
    *)
      [ ! -e "/etc/init.d/$1" ] || return 0
      awk -v name="$1" '/^# Provides:/ { for (i = 3; i <= NF; i++) if ($i == name) found = 1 } END { exit !found }' /etc/init.d/* 2>/dev/null && return
      for unit in /etc/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
        [ ! -d /run/systemd/system ] || [ ! -e "$unit/$1.service" ] || return 0
      done
      ;;
  esac
  wrong "$2: nothing on this host provides \"$1\""
}

# verify_pid_file PATH USER PROPERTY: a start and a stop remove this file, so a file that exists already must hold a pid and
# nothing else. If others than root can change the path, the service's user writes it and must be able to.
verify_pid_file() {
  folder=${1%/*}
  if [ ! -d "${folder:-/}" ]; then wrong "$3: there is no folder ${folder:-/} on this host"
  else
    said=$(pb_shared "$1" "$2")
    [ -z "$said" ] || wrong "$3: $said"
  fi
  if { [ -e "$1" ] || [ -L "$1" ]; } && { [ ! -f "$1" ] || [ -L "$1" ] || grep -q '[^0-9 ]' "$1"; }; then
    wrong "$3: $1 exists already and is not a pid file"
  fi
}

# verify_user USER GROUP: can the script change to that user and group, in the ways of initScript/lsb.sh? Without a GROUP,
# the user's own group.
verify_user() {
  ! setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null || return 0
  ! chroot --userspec=0:0 --groups=0 / true 2>/dev/null || return 0
  ! have start-stop-daemon || start-stop-daemon --version 2>&1 | grep -q OpenRC || return 0
  su=$(su --help 2>&1)
  case $su,$2 in *BusyBox*, | *BusyBox*,"$(id -g "$1")" | *BusyBox*,"$(id -gn "$1")") return 0 ;; esac
  wrong "runAs: this host has no setpriv, chroot, start-stop-daemon or su that could change to that user and group"
}

# verify_generator: does the systemd of this host still run init scripts?
verify_generator() {
  for folder in /lib /usr/lib; do
    [ ! -x $folder/systemd/system-generators/systemd-sysv-generator ] || return 0
  done
  wrong "the systemd of this host no longer runs init scripts"
}
