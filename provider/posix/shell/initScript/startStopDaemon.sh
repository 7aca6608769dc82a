# shellcheck shell=sh disable=SC2086,SC2046
# The same with dpkg's start-stop-daemon(8). We don't use its --output, which old versions lack and which supports only one file.
# It finds a process only by a pid file, so the identity is checked before it stops one, and the pid file is one that only root
# can write.

# detach ACTION STARTER BORN: runs an action of this script detached from this process.
detach() {
  action=$1
  shift
  set -- /bin/sh "$SELF" "$action" free "$@"
  # start-stop-daemon forks once more after it has created the session.
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

# end_main: asks the main process to exit, waits for it and kills it.
end_main() {
  # No service name begins with a dot.
  target=$RUN/.$NAME.pid
  (umask 022; echo "$pid" >"$target") || return 1
  start-stop-daemon --stop --quiet --oknodo --pidfile "$target" --retry "-$signal/${STOP_TIMEOUT:-30}/KILL/5" >/dev/null
  rc=$?
  rm -f "$target"
  return "$rc"
}
