# shellcheck shell=sh disable=SC2086,SC2046
# How a script of `lsb` starts a detached process, changes the user and stops the main process.

# detach ACTION STARTER BORN: runs an action of this script detached from this process.
detach() {
  { /bin/sh "$SELF" .hold "$@"; } </dev/null >/dev/null 2>&1
}

# as_user COMMAND...: does not use PAM, which would keep a parent process.
as_user() {
  if setpriv --reuid 0 --regid 0 --init-groups true 2>/dev/null; then
    enter "$(command -v setpriv)" --reuid "$user" --regid "$group" --init-groups "$@"
  fi
  # These two change the directory.
  set -- /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "${WORKING_DIRECTORY:-/}" "$@"
  if chroot --userspec=0:0 --groups=0 / true 2>/dev/null; then
    groups=$(id -G "$user" | tr ' ' ,)
    enter "$(command -v chroot)" --userspec="$user:$group" --groups="$groups" / "$@"
  fi
  # OpenRC's also stays as a parent, and would look like the program.
  if command -v start-stop-daemon >/dev/null 2>&1 && ! start-stop-daemon --version 2>&1 | grep -q OpenRC; then
    shell=$1
    shift
    enter "$(command -v start-stop-daemon)" -S -p "$RECORD.none" -c "$user:$group" -a "$shell" -- "$@"
  fi
  # BusyBox's does not support groups.
  case $(su --help 2>&1),$group in
    *BusyBox*,"$(id -g "$user")" | *BusyBox*,"$(id -gn "$user")")
      enter "$(command -v su)" -p -s /bin/sh -c 'exec "$@"' -- "$(id -un "$user")" sh "$@"
      ;;
  esac
  echo "$NAME: no setpriv, chroot, start-stop-daemon or su here that could change the user" >&2
  exit 1
}

# end_main: asks the main process to exit and waits for it.
end_main() {
  kill "-$signal" "$pid" 2>/dev/null
  pb_wait_while "${STOP_TIMEOUT:-30}" pb_alive "$pid" "$pidBorn"
}
