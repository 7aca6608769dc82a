# shellcheck shell=sh
# Finds the manager that has a service on a host.

# detect_manager NAME...: looks for the files of every manager. Emits, per name, `unit` (systemd; `yes` for a real unit, not one
# generated from an init script), `job` (upstart) and `script` (the head of the init script).
detect_manager() {
  for n; do
    for folder in /etc/systemd/system /run/systemd/system /usr/lib/systemd/system /lib/systemd/system /usr/local/lib/systemd/system; do
      { [ -e "$folder/$n.service" ] || [ -L "$folder/$n.service" ]; } && emit "$n/unit" yes && break
    done
    [ ! -f "/etc/init/$n.conf" ] || emit "$n/job" yes
    if [ -f "/etc/init.d/$n" ]; then
      head=$(head -c 4000 "/etc/init.d/$n") || pb_unread "/etc/init.d/$n could not be read" || return
      emit "$n/script" "$head"
    fi
  done
}
