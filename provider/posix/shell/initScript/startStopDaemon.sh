# shellcheck shell=sh disable=SC2086,SC2046
# The same by start-stop-daemon(8) of dpkg. Output is not left to its --output, which older ones lack and which knows one file only.
# It finds a process by a pid file alone, so the identity has been checked before it is asked to end one, and that file is not
# the one that others may write.

# detach ACTION STARTER BORN: runs an action of this script apart from us.
detach() {
  action=$1
  shift
  set -- /bin/sh "$SELF" "$action" free "$@"
  # start-stop-daemon forks once more after it has made the session.
  if command -v setsid >/dev/null 2>&1; then set -- "$(command -v setsid)" "$@"; fi
  program=$1
  shift
  env -i PATH="$PATH" start-stop-daemon --start --quiet --background --pidfile "$RECORD.none" --startas "$program" -- "$@" \
    </dev/null >/dev/null 2>&1 \
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

as_user() {
  program=$1
  shift
  enter "$(command -v start-stop-daemon)" --start --quiet --pidfile "$RECORD.none" --chuid "$user:$group" \
    --chdir "${WORKING_DIRECTORY:-/}" --umask "${UMASK:-0022}" --startas "$program" -- "$@"
}

# end_main: asks the main process to end, waits for it, and kills it.
end_main() {
  # No service's name begins with a dot.
  target=$RUN/.$NAME.pid
  (umask 022; echo "$pid" >"$target") || return 1
  start-stop-daemon --stop --quiet --oknodo --pidfile "$target" --retry "-$signal/${STOP_TIMEOUT:-30}/KILL/5" >/dev/null
  rc=$?
  rm -f "$target"
  return "$rc"
}
