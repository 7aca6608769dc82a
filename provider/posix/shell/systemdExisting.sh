# shellcheck shell=sh
# A unit that somebody else defines: changed only by systemctl(1), which knows the unit's processes by their control group.

# unit_stop_existing NAME: waits for the main process to end as well, because KillMode (systemd.kill(5)) may leave processes
# running.
unit_stop_existing() {
  main=$(systemctl show -p MainPID "$1.service")
  main=${main#MainPID=}
  pb_start_time "${main:-0}" || main=0
  born=$pb_start_time
  unit_stop "$1.service" || return
  pb_gone "$1" "$main" "$born" 5
}

# unit_restart_existing NAME: as one job, so that units that require this one are started again with it. If KillMode leaves
# processes running, a restart could make two copies, so the unit is stopped and then started.
unit_restart_existing() {
  unit_forget "$1.service"
  mode=$(systemctl show -p KillMode "$1.service")
  case $mode in
    *=none) unit_stop_existing "$1" && unit_job start "$1.service" ;;
    *) unit_job restart "$1.service" ;;
  esac
}

# unit_linked UNIT FOLDER...: does a link in these folders start the unit? Sets $link to it.
unit_linked() {
  wanted=$1
  shift
  for folder; do
    for link in "$folder"/*.wants/"$wanted" "$folder"/*.requires/"$wanted"; do
      [ ! -L "$link" ] || return 0
    done
  done
  return 1
}

# unit_state UNIT: prints its UnitFileState.
unit_state() { timeout -k 5 60 systemctl is-enabled "$1" 2>/dev/null; }

# unit_can_not WHAT UNIT WHY: reports it and fails.
unit_can_not() { echo "$2 can't be $1: $3" >&2; return 1; }

# unit_not_lasting WHAT UNIT STATE: fails with an explanation for a unit without a file of its own.
unit_not_lasting() {
  case $3 in
    generated)
      from=$(systemctl show -p SourcePath "$2" | sed 's/^SourcePath=//; s/^$/another file/')
      unit_can_not "$1" "$2" "a generator makes it at every boot from $from"
      ;;
    transient) unit_can_not "$1" "$2" "it exists only until it stops" ;;
  esac
}

# unit_enable_existing UNIT: for units that it can't enable, systemctl exits with 0 and prints a page of explanations. So
# this function reads the state first and looks at the links afterwards.
unit_enable_existing() {
  state=$(unit_state "$1")
  unit_not_lasting enabled "$1" "$state" || return
  set -- "$1" /etc/systemd/system /run/systemd/generator /run/systemd/generator.late
  case $state in
    static)
      unit_linked "$@" || unit_can_not enabled "$1" "it has no [Install] section, and starts when another unit or event asks for it: set startMode to manual"
      return
      ;;
    indirect)
      unit_linked "$@" || unit_can_not enabled "$1" "its [Install] section only names other units (Also=): enable these"
      return
      ;;
  esac
  unit_do 60 enable "$1" || return
  unit_linked "$@" || unit_can_not enabled "$1" "systemctl enable has made no link that starts it at boot"
}

# unit_disable_existing UNIT: disables it, and looks at the links afterwards.
unit_disable_existing() {
  state=$(unit_state "$1")
  unit_not_lasting disabled "$1" "$state" || return
  set -- "$1" /etc/systemd/system /run/systemd/system /run/systemd/generator /run/systemd/generator.late
  [ "$state" != static ] || unit_linked "$@" || return 0
  unit_do 60 disable "$1" && unit_do 60 disable --runtime "$1" || return
  ! unit_linked "$@" || unit_can_not disabled "$1" "$link still starts it at boot"
}
