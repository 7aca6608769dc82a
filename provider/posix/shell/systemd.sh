# shellcheck shell=sh
# systemd: reads units, and changes them by systemctl(1), which may ask for no password. Its messages go into the error.

# unit_do SECONDS VERB ARGUMENT...: runs systemctl with a time limit of ours. For systemd's own bookkeeping.
unit_do() {
  seconds=$1
  shift
  timeout -k 10 "$seconds" systemctl --no-ask-password "$@" >&2 || {
    rc=$?
    [ $rc != 124 ] || echo "systemctl $1: did not finish within $seconds seconds${why-}" >&2
    return $rc
  }
}

# unit_job VERB UNIT: starts, stops or reloads a service. systemd's own limits, such as TimeoutStartSec, apply, and the time
# of the operation.
unit_job() {
  why=": the operation has no more time (customTimeouts)"
  unit_do "$(pb_left)" "$@"
}

# unit_start start|restart UNIT: resets the failures first, because systemd refuses to start a unit that has reached its
# start limit.
unit_start() {
  unit_forget "$2"
  unit_job "$1" "$2"
}

# unit_stop UNIT: a unit that systemd does not know (exit code 5) counts as stopped.
unit_stop() { unit_job stop "$1" || { rc=$?; [ $rc = 5 ] || return $rc; }; }

# unit_forget UNIT: resets the failures of the unit.
unit_forget() { systemctl reset-failed "$1" 2>/dev/null || :; }

# unit_unmask UNIT: removes the mask. A reload follows later.
unit_unmask() { unit_do 60 unmask --no-reload "$1" && unit_do 60 unmask --no-reload --runtime "$1"; }

# unit_boot VERB UNIT: enable, reenable or disable. A reload follows later. Neither verb handles links in /run, which date
# from before our definition was there.
unit_boot() {
  unit_unlink /run/systemd/system "$2"
  unit_do 60 "$1" --no-reload "$2"
}

# unit_unlink FOLDER UNIT: removes the links that start the unit at boot.
unit_unlink() { rm -f "$1"/*.wants/"$2" "$1"/*.requires/"$2" "$1"/*.upholds/"$2"; }

# unit_write COUNT {PATH OWNER GROUP MODE BASE64}... [PATH...]: as write_files, and removes folders of drop-ins that are
# empty then.
unit_write() {
  write_files "$@" || return
  shift $(($1 * 5 + 1))
  for path; do
    case $path in *.service.d/*) rmdir "${path%/*}" 2>/dev/null ;; esac
  done
  return 0
}

# unit_disable_ours UNIT: disables the unit before its file is removed. A reload follows later.
unit_disable_ours() { [ ! -f "/etc/systemd/system/$1" ] || unit_do 60 disable --no-reload "$1"; }

# unit_remove UNIT SECRETS: removes its files, and the links that `disable` would have removed: `disable` fails if the file
# is gone. Drop-ins of others stay; emits `leftovers`, their paths.
unit_remove() {
  path=/etc/systemd/system/$1
  rm -f "$path" "$2" && unit_unlink /etc/systemd/system "$1" && unit_unlink /run/systemd/system "$1" || return
  for link in /etc/systemd/system/*.service /run/systemd/system/*.service; do
    [ -L "$link" ] || continue
    target=$(readlink "$link")
    case $target in "$path" | "$1") rm -f "$link" || return ;; esac
  done
  leftovers=
  for folder in "/etc/systemd/system/$1.d" "/etc/systemd/system.control/$1.d"; do
    rmdir "$folder" 2>/dev/null
    for file in "$folder"/*; do
      [ ! -e "$file" ] || leftovers="$leftovers$file
"
    done
  done
  [ -z "$leftovers" ] || emit leftovers "$leftovers"
  rmdir "${2%/*}" 2>/dev/null
  return 0
}

# emit_modes KEY PATH...: as emit_stat, but follows links.
emit_modes() {
  pb_key=$1
  shift
  for pb_path; do
    shift
    [ ! -e "$pb_path" ] || set -- "$@" "$pb_path"
  done
  pb_said=
  [ $# -eq 0 ] || pb_said=$(stat -L -c '%U:%G %a %n' "$@") || pb_unread "stat failed for $*" || return 1
  emit "$pb_key" "$pb_said"
}

# emit_drop_ins NAME UNIT: emits NAME/drop-in.N.path and NAME/drop-in.N.text.
emit_drop_ins() {
  i=0
  for dropin in "/etc/systemd/system/$2.d"/*.conf "/etc/systemd/system.control/$2.d"/*.conf; do
    emit_file "$1/drop-in.$i.text" "$dropin" && emit "$1/drop-in.$i.path" "$dropin"
    i=$((i + 1))
  done
}

# read_units PROPERTIES SECRETS NAME...: reads systemd's state by one call, and the files themselves, because systemd may
# not have loaded them yet. For each name it emits `show`, `link` and `unit` (in /etc), `fragment` (the unit file, if it is
# another one), `drop-in.N.path` and `drop-in.N.text`, `environment`, `stat`, `modes` (of the targets of links), `links`
# (that start it at every boot) and `runtime-links` (that start it until the next boot). SECRETS is the folder of secret
# variables.
read_units() {
  properties=$1 secrets=$2
  shift 2
  nl='
'
  units=
  for n; do units="$units $n.service"; done
  # shellcheck disable=SC2086 # names of units have no blanks
  rest=$(timeout -k 5 60 systemctl --no-pager show -p "$properties" -- $units) || return
  for n; do
    block=$nl${rest%%"$nl$nl"*}$nl
    rest=${rest#*"$nl$nl"}
    emit "$n/show" "$block"
    id=${block#*"${nl}Id="}
    id=${id%%"$nl"*}
    source=${block#*"${nl}FragmentPath="}
    source=${source%%"$nl"*}
    own=/etc/systemd/system/$n.service
    emit_link "$n/link" "$own"
    emit_file "$n/unit" "$own"
    [ "$source" = "$own" ] || [ -z "$source" ] || emit_file "$n/fragment" "$source"
    emit_drop_ins "$n" "$id"
    emit_file "$n/environment" "$secrets/$n.env"
    emit_stat "$n/stat" "$own" "${source:-$own}" "$secrets/$n.env"
    emit_modes "$n/modes" "$own" "${source:-$own}" "/etc/systemd/system/$id.d"/*.conf "/etc/systemd/system.control/$id.d"/*.conf
    links= runtime=
    # Besides /etc: the folders of packages, and those that generators fill at each boot.
    for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system \
      /run/systemd/generator /run/systemd/generator.early /run/systemd/generator.late /run/systemd/system; do
      for link in "$folder"/*.wants/"$id" "$folder"/*.requires/"$id" "$folder"/*.upholds/"$id"; do
        if [ ! -L "$link" ]; then continue
        elif [ "$folder" = /run/systemd/system ]; then runtime="$runtime$link$nl"
        else links="$links$link$nl"
        fi
      done
    done
    emit "$n/links" "$links"
    emit "$n/runtime-links" "$runtime"
  done
}

# unit_processes UNIT: emits `processes`: all in the unit's control group, under either version of cgroups, or else the main
# process.
unit_processes() {
  group=$(systemctl show -p ControlGroup "$1") || return
  group=${group#ControlGroup=}
  main=$(systemctl show -p MainPID "$1") || return
  main=${main#MainPID=}
  processes=
  if [ "${group:-/}" != / ]; then
    for root in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
      [ -d "$root$group" ] || continue
      processes=$(find "$root$group" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un | tr '\n' ' ')
      [ -z "$processes" ] || break
    done
  fi
  [ -n "$processes" ] || [ "${main:-0}" = 0 ] || processes=$main
  emit processes "${processes% }"
}
