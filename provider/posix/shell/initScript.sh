# shellcheck shell=sh
# Our init scripts. SETTINGS and FUNCTIONS are the two parts of a script: the settings of a service, and the common part.

# script_is_ours NAME: succeeds if the script is ours.
script_is_ours() { grep -qs '^# pulumi-bots:' "/etc/init.d/$1"; }

# script_call NAME ACTION...: calls our script itself, also on a host where a person's call would go through systemd. Its words go
# into the error.
script_call() {
  called=/etc/init.d/$1
  shift
  SYSTEMCTL_SKIP_REDIRECT=1 /bin/sh "$called" "$@" >&2
}

# script_with SETTINGS FUNCTIONS COMMAND...: runs a function of our scripts, even if the script no longer exists.
script_with() (
  set +u
  eval "$1
$2"
  shift 2
  "$@"
)

# script_end: within script_with, stops the program of our script. Succeeds if nothing runs.
script_end() {
  # shellcheck disable=SC2317 # stop_service calls it
  say() { echo "$2"; }
  load
  [ -z "$state" ] || stop_service >&2
}

# script_members: within script_with, prints the pids of the main process and its descendants.
script_members() {
  load
  # shellcheck disable=SC2046 # a list
  ! pb_alive "$pid" "$pidBorn" || pb_pids $(pb_family "$pid")
}

# script_processes NAME SETTINGS FUNCTIONS: emits `processes`.
script_processes() {
  processes=
  ! script_is_ours "$1" || processes=$(script_with "$2" "$3" script_members)
  emit processes "$processes"
}

# script_systemctl VERB NAME: a systemctl(1) with the last words of the script, which are in the journal. systemd waits for a
# script for five minutes; the time of the operation bounds it besides.
script_systemctl() {
  timeout -k 10 "$(pb_left)" systemctl --no-ask-password "$1" "$2.service" >&2 || {
    rc=$?
    journalctl -u "$2.service" -n 5 --no-pager -o cat >&2 2>/dev/null
    return $rc
  }
}

# script_start_unit NAME: always restarts, because systemd considers a script active for ever after a start.
script_start_unit() {
  systemctl reset-failed "$1.service" 2>/dev/null
  script_systemctl restart "$1"
}

# script_stop NAME UNIT RECORD SETTINGS FUNCTIONS: stops a service of ours, also one whose script has gone; what is stopped already
# is fine. UNIT is not empty where systemd runs the script. RECORD is the record without which nothing is known of its
# process; empty when the command tells, too: else any pid file would do.
script_stop() {
  if [ -n "$2" ] && { script_is_ours "$1" || [ ! -e "/etc/init.d/$1" ]; }; then
    script_systemctl stop "$1" || { rc=$?; [ $rc = 5 ] || return $rc; }
  fi
  ! script_is_ours "$1" || script_call "$1" stop || return
  [ -z "$3" ] || [ -r "$3" ] || return 0
  script_with "$4" "$5" script_end
}

# script_remove SECRETS LOG PATH...: removes the files that a script leaves behind after a stop.
script_remove() {
  rm -f "$@" "$2.1" || return
  rmdir "${1%/*}" "${2%/*}" /var/run/pulumi-bots 2>/dev/null
  return 0
}
