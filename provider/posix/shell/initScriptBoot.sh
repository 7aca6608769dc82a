# shellcheck shell=sh
# Whether an init script starts at boot. The tools of hosts report success in any case, so the links are checked afterwards.

# boot_linked NAME KIND LEVEL: is there such a link?
boot_linked() {
  for link in "/etc/rc$3.d/$2"[0-9][0-9]"$1" "/etc/rc.d/rc$3.d/$2"[0-9][0-9]"$1"; do
    { [ ! -L "$link" ] && [ ! -e "$link" ]; } || return 0
  done
  return 1
}

# boot_fits NAME automatic|manual LEVELS: are the links as requested?
boot_fits() {
  for level in 1 2 3 4 5; do
    wanted=no
    case " $3 " in *" $level "*) wanted=$2 ;; esac
    if boot_linked "$1" S $level; then [ "$wanted" = automatic ] || return 1; else [ "$wanted" != automatic ] || return 1; fi
  done
}

# boot_unlink NAME: removes all links.
boot_unlink() { rm -f /etc/rc[0-6].d/[SK][0-9][0-9]"$1" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$1"; }

# boot_by_hand NAME automatic|manual LEVELS: sets the links without a tool of the host.
boot_by_hand() {
  boot_unlink "$1"
  for level in 0 1 2 3 4 5 6; do
    folder=/etc/rc$level.d
    [ -d "$folder" ] || folder=/etc/rc.d/rc$level.d
    [ -d "$folder" ] || continue
    kind=K10
    case " $3 " in *" $level "*) [ "$2" != automatic ] || kind=S90 ;; esac
    ln -s "../init.d/$1" "$folder/$kind$1" || return 1
  done
}

# boot_in_openrc NAME automatic|manual: sets the links in the run levels of OpenRC.
boot_in_openrc() {
  for link in /etc/runlevels/*/"$1"; do
    [ -L "$link" ] || continue
    [ "$2" != automatic ] || return 0
    folder=${link%/*}
    rc-update del "$1" "${folder##*/}" >&2 || return 1
  done
  [ "$2" != automatic ] || rc-update add "$1" default >&2 || return 1
}

# script_boot NAME automatic|manual LEVELS: sets whether it starts at boot, in these run levels, by the host's own tool.
script_boot() {
  # insserv(8) reads all scripts and then writes the lists that Debian boots by (.depend.start). Of two that run at the same
  # time, the later one would lose the other's script.
  pb_alone 60
  if [ -e /run/openrc/softlevel ] && have rc-update; then boot_in_openrc "$1" "$2"; return; fi
  said=
  if have update-rc.d; then
    # "defaults" leaves a disabled script disabled, and keeps links of former run levels.
    said=$({ boot_unlink "$1"; update-rc.d "$1" defaults && { [ "$2" = automatic ] || update-rc.d "$1" disable; }; } 2>&1)
  elif have chkconfig; then
    # Without levels, chkconfig switches 2 to 5, whatever the header says.
    if [ "$2" = automatic ]; then switch=on; else switch=off; fi
    levels=$(echo "$3" | tr -d ' ')
    said=$({ chkconfig --del "$1"; chkconfig --add "$1"; chkconfig --level "$levels" "$1" "$switch"; } 2>&1)
  elif have insserv; then
    said=$({ insserv -r "$1"; [ "$2" != automatic ] || insserv "$1"; } 2>&1)
  fi
  boot_fits "$@" || boot_by_hand "$@"
  boot_fits "$@" && return 0
  printf '%s\n' "$said" "the links in /etc/rc?.d were not set as requested" >&2
  return 1
}

# script_unregister NAME: removes the script and all links to it. chkconfig and insserv need the script to do that,
# update-rc.d needs it gone.
script_unregister() {
  pb_alone 60
  if [ -e /run/openrc/softlevel ] && have rc-update; then rc-update -a del "$1"
  elif ! have update-rc.d && have chkconfig; then chkconfig --del "$1"
  elif ! have update-rc.d && have insserv; then insserv -r "$1"
  fi >/dev/null 2>&1
  rm -f "/etc/init.d/$1" || return 1
  if have update-rc.d; then update-rc.d -f "$1" remove >/dev/null 2>&1; fi
  boot_unlink "$1" && rm -f /etc/runlevels/*/"$1"
}
