import { OTHERS } from "../../../model/others";
import { sh } from "./sh";

/**
 * Shell functions for paths that others than root can change: what is there may be a link to any file. It is read and written
 * with the rights of who could have laid the link, never with root's.
 */
export const AS_USER = sh`${OTHERS}
# pb_roots PATH: nobody but root can change what it names. In the folders that we read dozens of files in, only a link could
# lead elsewhere, and no process is needed to see that.
pb_roots() {
  case $1 in
    *../*) ;;
    /proc/* | /etc/* | /run/systemd/* | /run/openrc/* | /usr/lib/* | /lib/*) [ -L "$1" ] || return 0 ;;
  esac
  [ -z "$(pb_others "$1")" ]
}

# pb_name USER: the name of one that may be given by number, for which an old or small id can't look.
pb_name() {
  id -un "$1" 2>/dev/null || { have getent && getent passwd "$1" 2>/dev/null || grep "^[^:]*:[^:]*:$1:" /etc/passwd; } | head -n 1 | cut -d: -f1
}

# pb_as USER COMMAND ARGS...: as that user, whose name or number it is, with all groups of the user.
pb_as() (
  pb_user=$1; shift
  [ "$(id -u)" = 0 ] || exec "$@"
  pb_user=$(pb_name "$pb_user")
  pb_group=$(id -g "$pb_user" 2>/dev/null) || exit 126
  if setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null; then
    exec setpriv --reuid "$pb_user" --regid "$pb_group" --init-groups "$@"
  fi
  if chroot --userspec=0:0 --groups=0 / true 2>/dev/null; then
    exec chroot --userspec="$(id -u "$pb_user"):$pb_group" --groups="$(id -G "$pb_user" | tr ' ' ,)" / "$@"
  fi
  exec su -s /bin/sh -c 'exec "$0" "$@"' -- "$pb_user" "$@"
)

# pb_read PATH USER COMMAND ARGS...: has the command read the file at PATH, which is its last argument and its stdin: as
# root only where nobody else can change what PATH names. Else as USER, or without one as who owns the folder, and not
# longer than 10 seconds: instead of a file there may be a pipe by now. Fails when that is root.
pb_read() {
  [ -f "$1" ] || return 1
  pb_whose=$(pb_others "$1")
  pb_path=$1 pb_reader=$2
  shift 2
  if [ -z "$pb_whose" ]; then "$@" "$pb_path"; return; fi
  [ -n "$pb_reader" ] || pb_reader=\${pb_whose%% *}
  if [ "$(id -u)" = 0 ]; then
    pb_reader=$(pb_name "$pb_reader")
    case $(id -u "$pb_reader" 2>/dev/null) in '' | 0) return 1 ;; esac
  fi
  pb_bounded 10 pb_as "$pb_reader" "$@" "$pb_path"
}

# pb_shared PATH USER [WHY]: what is wrong, in words, with a file there that a service of USER writes: where others than root
# can change the path, root must not write it, and USER may not be able to.
pb_shared() (
  pb_whose=$(pb_others "$1")
  [ -n "$pb_whose" ] || exit 0
  pb_folder=\${pb_whose#* } pb_whose=\${pb_whose%% *}
  if [ "$pb_whose" = 0 ]; then pb_whose="others, who may write in $pb_folder,"
  else pb_whose="$(pb_name "$pb_whose"), who owns $pb_folder,"
  fi
  case $(id -u "$2" 2>/dev/null) in
    '') ;;
    0) echo "must be in a folder that only root can change, because \${3:-root writes it}: $pb_whose could put a link in its place" ;;
    *)
      pb_bounded 10 pb_as "$2" sh -c 'if [ -e "$1" ] && { [ -w "$1" ] || [ ! -f "$1" ] || [ -L "$1" ]; }; then [ -w "$1" ]; else [ -w "\${1%/*}/" ]; fi' sh "$1" ||
        echo "can't be written by $2, and root must not write it: $pb_whose could put a link in its place"
      ;;
  esac
)
`;
