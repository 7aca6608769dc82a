/**
 * Shell functions that know the processes of a service: in the script on the host, and in our own steps. A program that
 * our script started bears its service and its own pid in the environment, which is its identity: a pid alone is used
 * again, and OpenRC's records go with a `stop` that left the process. What the program starts bears it too, with a pid
 * that is not its own.
 */
export const PROCESS_FUNCTIONS = `
# pb_mains NAME: pids of the programs that were started for a service
pb_mains() {
  for pb_path in $(grep -lF "PULUMI_BOTS_SERVICE=$1:" /proc/[0-9]*/environ 2>/dev/null); do
    pb_pid=\${pb_path%/environ}
    pb_pid=\${pb_pid#/proc/}
    ! tr '\\0' '\\n' <"$pb_path" 2>/dev/null | grep -qxF "PULUMI_BOTS_SERVICE=$1:$pb_pid" || echo "$pb_pid"
  done 2>/dev/null
}

# pb_adopted NAME: the pid of one that runs from before the script was ours, by OpenRC's record and name of the service
pb_adopted() {
  pb_file=$(cat "/run/openrc/options/$1/pidfile") # OpenRC ends its files without a newline
  read -r pb_pid <"\${pb_file:-none}" && read -r pb_comm <"/proc/$pb_pid/comm" || return 0
  [ "$pb_comm" != supervise-daemo ] || return 0
  ! tr '\\0' '\\n' <"/proc/$pb_pid/environ" 2>/dev/null | grep -qxF "RC_SVCNAME=$1" || echo "$pb_pid"
} 2>/dev/null

# pb_family PID...: these, their sessions, and what came of them
pb_family() {
  [ $# -gt 0 ] || return 0
  cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*) /- /' | awk -v roots="$*" '
    BEGIN { count = split(roots, list, " "); for (i = 1; i <= count; i++) in_family[list[i]] = root[list[i]] = 1 }
    { parent[$1] = $4; session[$1] = $6; if ($3 == "Z") dead[$1] = 1 }
    END {
      do {
        more = 0
        for (pid in parent)
          if (!(pid in in_family) && ((parent[pid] in in_family) || (session[pid] in root))) { in_family[pid] = 1; more = 1 }
      } while (more)
      for (pid in in_family) if ((pid in parent) && !(pid in dead)) print pid
    }'
}

pb_alive() {
  { read -r pb_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  case \${pb_stat##*) } in Z*|X*) return 1 ;; esac
}

# pb_wait TENTHS PID...: until all have ended
pb_wait() {
  pb_left=$1; shift
  while :; do
    pb_some=
    for pb_pid; do ! pb_alive "$pb_pid" || pb_some=1; done
    [ -n "$pb_some" ] || return 0
    [ "$pb_left" -gt 0 ] || return 1
    if sleep 0.1 2>/dev/null; then pb_left=$((pb_left - 1)); else sleep 1; pb_left=$((pb_left - 10)); fi
  done
}

# pb_end SIGNAL SECONDS PID...: asked to end, and killed when that takes too long
pb_end() {
  pb_signal=$1; pb_seconds=$2; shift 2
  [ $# -gt 0 ] || return 0
  [ -z "$pb_signal" ] || kill -s "$pb_signal" "$@" 2>/dev/null
  pb_wait $((pb_seconds * 10)) "$@" && return 0
  kill -s KILL "$@" 2>/dev/null
  pb_wait 50 "$@"
}
`.trim();
