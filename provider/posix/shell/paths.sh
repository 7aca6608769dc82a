# shellcheck shell=sh
# Paths that others than root can change: a file there may be a link to any other file. It is read and written with the
# rights of the user who could have created the link, never with root's.
#
# Whoever may write in a folder can replace a file there by a link. A folder is safe if it belongs to root and nobody else
# may write in it. The rights of an access list show as those of the group. Distributions give two folders to a group:
# /var/log (Ubuntu) and /var/lock (Red Hat). In a sticky folder, other users can't remove root's files, but they can create
# a file first. So a link there is not followed, and a file must have one hard link.

# pb_others PATH: prints "UID FOLDER" of the first folder on the way in which others than root can change what PATH names.
# UID is the owner of the folder, or 0 for a folder of root's in which others may write. Prints nothing if only root can
# change it.
pb_others() (
  set -f
  ! pb_plain "$1" || exit 0
  left=$1 done= links=0
  while :; do
    # shellcheck disable=SC2046 # words
    set -- $(ls -ldn "${done:-/}" 2>/dev/null)
    [ "${3:-}" = 0 ] || { echo "${3:-0} ${done:-/}"; exit; }
    sticky=
    case $1 in
      d????w???[tT]* | d???????w[tT]*) sticky=1 ;;
      d???????w*) echo "0 ${done:-/}"; exit ;;
      d????w*) case $4:$done in 0:* | *:/var/log | *:/var/lock | *:/run/lock) ;; *) echo "0 ${done:-/}"; exit ;; esac ;;
    esac
    while :; do case $left in /*) left=${left#/} ;; *) break ;; esac; done
    [ -n "$left" ] || exit 0
    name=${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $name in .) continue ;; ..) done=${done%/*}; continue ;; esac
    path=$done/$name
    if [ -L "$path" ]; then
      links=$((links + 1))
      target=$(ls -ld "$path" 2>/dev/null)
      case $target in *"$path -> "*) ;; *) links=99 ;; esac
      target=${target#*"$path -> "}
      if [ -n "$sticky" ] || [ "$links" -gt 40 ]; then echo "0 ${done:-/}"; exit; fi
      case $target in /*) done= ;; esac
      left=$target/$left
    elif [ -d "$path" ]; then
      done=$path
    else
      [ -n "$sticky" ] || exit 0
      # shellcheck disable=SC2046 # words
      set -- $(ls -ldn "$path" 2>/dev/null)
      [ "${2:-}:${3:-}" = 1:0 ] || echo "0 ${done:-/}"
      exit 0
    fi
  done
)

# pb_plain PATH: do all folders on the way belong to root alone, and is none of them a link? That is the usual case, and one
# ls(1) shows it. Most hosts have one link, from /var/run to /run.
pb_plain() (
  left=$1 way=
  set -- /
  while :; do
    while :; do case $left in /*) left=${left#/} ;; *) break ;; esac; done
    [ -n "$left" ] || break
    way=$way/${left%%/*}
    case $left in */*) left=${left#*/} ;; *) left= ;; esac
    case $way in */. | */..) exit 1 ;; esac
    if [ -L "$way" ]; then
      [ "$way" = /var/run ] || exit 1
      set -- "$@" /var/run
      way=/run
    fi
    if [ -d "$way" ]; then set -- "$@" "$way"; else [ -z "$left" ] || exit 1; fi
  done
  said=$(ls -ldn "$@" 2>/dev/null) || exit
  looked=0
  while read -r mode links uid rest; do
    case $uid:$mode:$rest in
      0:d????-??-[x-]*) looked=$((looked + 1)) ;;
      *:l*" /var/run -> /run" | *:l*" /var/run -> ../run") looked=$((looked + 1)) ;;
      *) exit 1 ;;
    esac
  done <<END
$said
END
  [ "$looked" = $# ]
)

# pb_roots PATH: can only root change what it names? In folders from which dozens of files are read, only a link could lead
# elsewhere, and that check needs no process.
pb_roots() {
  case $1 in
    *../*) ;;
    /proc/* | /etc/* | /run/systemd/* | /run/openrc/* | /usr/lib/* | /lib/*) [ -L "$1" ] || return 0 ;;
  esac
  [ -z "$(pb_others "$1")" ]
}

# pb_user_name USER: prints the name of a user that may be given by number. Old and small versions of id(1) can't look up a
# number.
pb_user_name() {
  id -un "$1" 2>/dev/null || { have getent && getent passwd "$1" 2>/dev/null || grep "^[^:]*:[^:]*:$1:" /etc/passwd; } | head -n 1 | cut -d: -f1
}

# pb_as USER COMMAND ARGS...: runs the command as that user (a name or a number), with all groups of the user.
pb_as() (
  pb_user=$1; shift
  [ "$(id -u)" = 0 ] || exec "$@"
  pb_user=$(pb_user_name "$pb_user")
  pb_group=$(id -g "$pb_user" 2>/dev/null) || exit 126
  if setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null; then
    exec setpriv --reuid "$pb_user" --regid "$pb_group" --init-groups "$@"
  fi
  if chroot --userspec=0:0 --groups=0 / true 2>/dev/null; then
    exec chroot --userspec="$(id -u "$pb_user"):$pb_group" --groups="$(id -G "$pb_user" | tr ' ' ,)" / "$@"
  fi
  exec su -s /bin/sh -c 'exec "$0" "$@"' -- "$pb_user" "$@"
)

# pb_read PATH USER COMMAND ARGS...: runs a command that reads the file at PATH, which is its last argument. It runs as root
# only if nobody else can change what PATH names. Otherwise it runs as USER, or without USER as the owner of the folder, for
# at most 10 seconds, because the file may be a pipe by now. Fails if that user is root.
pb_read() {
  [ -f "$1" ] || return 1
  pb_whose=$(pb_others "$1")
  pb_path=$1 pb_reader=$2
  shift 2
  if [ -z "$pb_whose" ]; then "$@" "$pb_path"; return; fi
  [ -n "$pb_reader" ] || pb_reader=${pb_whose%% *}
  if [ "$(id -u)" = 0 ]; then
    pb_reader=$(pb_user_name "$pb_reader")
    case $(id -u "$pb_reader" 2>/dev/null) in '' | 0) return 1 ;; esac
  fi
  pb_bounded 10 pb_as "$pb_reader" "$@" "$pb_path"
}

# pb_shared PATH USER [WHY]: prints what is wrong with a file that a service of USER writes. If others than root can change
# the path, root must not write it, so USER must be able to.
pb_shared() (
  pb_whose=$(pb_others "$1")
  [ -n "$pb_whose" ] || exit 0
  pb_folder=${pb_whose#* } pb_whose=${pb_whose%% *}
  if [ "$pb_whose" = 0 ]; then pb_whose="others, who may write in $pb_folder,"
  else pb_whose="$(pb_user_name "$pb_whose"), who owns $pb_folder,"
  fi
  case $(id -u "$2" 2>/dev/null) in
    '') ;;
    0) echo "must be in a folder that only root can change, because ${3:-root writes it}: $pb_whose could put a link in its place" ;;
    *)
      pb_bounded 10 pb_as "$2" sh -c 'if [ -e "$1" ] && { [ -w "$1" ] || [ ! -f "$1" ] || [ -L "$1" ]; }; then [ -w "$1" ]; else [ -w "${1%/*}/" ]; fi' sh "$1" ||
        echo "can't be written by $2, and root must not write it: $pb_whose could put a link in its place"
      ;;
  esac
)
