# shellcheck shell=sh
# Which service manager runs, and what else must be known of a host. Tools alone prove no manager.

# pb_facts [TOOL...]: emits fact.*, and which of the tools exist. Without TOOLs it emits only facts that identify the host,
# because the others are known from an earlier session over the same connection.
pb_facts() {
  pb_id=
  { read -r pb_id </etc/machine-id || [ -n "$pb_id" ] || read -r pb_id </var/lib/dbus/machine-id; } 2>/dev/null
  emit fact.machineId "$pb_id"
  read -r pb_id </proc/sys/kernel/hostname; emit fact.hostName "$pb_id"
  read -r pb_up pb_idle </proc/uptime; emit fact.uptime "$pb_up"
  pb_uid=$(id -u) || pb_unread "id -u failed" || return
  emit fact.uid "$pb_uid"
  [ $# -gt 0 ] || return 0
  pb_first=; { read -r pb_first </proc/1/comm; } 2>/dev/null
  if [ -d /run/systemd/system ] && have systemctl; then
    pb_version=$(systemctl --version 2>/dev/null) || pb_unread "systemctl --version failed" || return
    pb_version=${pb_version#systemd }
    emit fact.init systemd; emit fact.version "${pb_version%%[!0-9]*}"
  elif pb_version=$(have initctl && initctl version 2>/dev/null) && [ -z "${pb_version##*upstart*}" ] && [ -n "$pb_version" ]; then
    pb_version=${pb_version#*upstart }
    emit fact.init upstart; emit fact.version "${pb_version%%[!0-9.]*}"
  elif [ -e /run/openrc/softlevel ] && have rc-service; then emit fact.init openrc
  elif [ -d /etc/init.d ] && [ "$pb_first" = init ]; then emit fact.init sysvinit
  else emit fact.init unknown; emit fact.first "$pb_first"; fi
  if have start-stop-daemon; then
    pb_version=$(start-stop-daemon --version 2>&1)
    pb_tool start-stop-daemon
    case $pb_version in
      *"for Debian"*) emit fact.startStopDaemon dpkg ;;
      *) emit fact.startStopDaemon other ;;
    esac
  fi
  pb_tools=
  for pb_id; do ! have "$pb_id" || pb_tools="$pb_tools $pb_id"; done
  emit fact.tools "$pb_tools"
}
