/**
 * Runs the script, or systemd's unit of it: `f_run ACTION SECONDS leave|end`, in a session of its own, with an environment as
 * at boot and none of our descriptors. Such scripts leave shells behind that hold what they were given. What has not ended in
 * time is left, or killed but for the daemon's own processes.
 */
export const RUN = `f_run() {
  for f_at in /run /var/run /tmp; do [ -d "$f_at" ] && [ -w "$f_at" ] && break; done
  f_at=$f_at/.pulumi-bots.$n.$$
  rm -rf "$f_at"
  mkdir "$f_at" || return 1
  if [ -d /run/systemd/system ] && have systemctl; then
    f_action=$1
    # A unit that is active although its daemon has gone is not started by start.
    [ "$1" = start ] && systemctl is-active --quiet "$n.service" && ! f_stranger && f_action=restart
    set -- "$1" "$2" "$3" systemctl --no-pager "$f_action" "$n.service"
  elif [ -x "$script" ]; then
    set -- "$1" "$2" "$3" "$script" "$1"
  else
    set -- "$1" "$2" "$3" sh "$script" "$1"
  fi
  f_what=$1 f_seconds=$2 f_then=$3
  shift 3
  f_session=
  have setsid && f_session=setsid
  (
    cd /
    umask 022
    exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    $f_session env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=linux \\
      sh -c 'echo $$ >"$0/pid"; "$@"; echo $? >"$0/new"; mv "$0/new" "$0/code"' "$f_at" "$@" </dev/null >"$f_at/output" 2>&1 &
  )
  f_uptime
  f_until=$((f_up + f_seconds))
  while [ ! -f "$f_at/code" ] && [ "$f_up" -lt "$f_until" ]; do
    f_nap
    f_uptime
  done
  tail -c 2000 "$f_at/output" >&2
  if [ ! -f "$f_at/code" ]; then
    echo "$script $f_what has not ended within $f_seconds seconds" >&2
    if [ "$f_then" = end ] && read -r f_pid <"$f_at/pid"; then
      f_tree "$f_pid"
      f_find
      for f_pid in $f_pids; do
        case " $processes " in *" $f_pid "*) ;; *) kill -s KILL "$f_pid" 2>/dev/null ;; esac
      done
    fi
  fi
  rm -rf "$f_at"
  return 0
}
`;
