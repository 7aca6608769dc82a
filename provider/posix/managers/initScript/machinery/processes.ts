/** Time, and processes: a whole family of them, signals, waiting. */
export const PROCESSES = `
pause() {
  sleep 0.1 2>/dev/null || sleep 1
}

# now: sets $now, hundredths of seconds since boot. No clock that somebody may set.
now() {
  read -r now rest </proc/uptime
  hundredths "$now"
  now=$hundredths
}

# hundredths SECONDS: sets $hundredths.
hundredths() {
  case $1 in
    *.*)
      hundredths=\${1#*.}00
      hundredths=\${1%%.*}\${hundredths%"\${hundredths#??}"}
      ;;
    *) hundredths=\${1}00 ;;
  esac
  while :; do
    case $hundredths in
      0?*) hundredths=\${hundredths#0} ;;
      *) return ;;
    esac
  done
}

# members PID: sets $members, PID:BORN of a process, of all in its session, and of all that these have started.
members() {
  members=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
    {
      pid = $1
      sub(/^.*\\) /, "")
      if ($1 == "Z" || $1 == "X") next
      parent[pid] = $2; session[pid] = $4; born[pid] = $20
    }
    END {
      family[root] = 1
      do {
        grown = 0
        for (pid in parent)
          if (!(pid in family) && (session[pid] == root || parent[pid] in family)) { family[pid] = 1; grown = 1 }
      } while (grown)
      for (pid in family) if (pid in born) printf "%s:%s ", pid, born[pid]
    }')
}

# any_alive MEMBERS
any_alive() {
  for member in $1; do
    alive "\${member%%:*}" "\${member##*:}" && return 0
  done
  return 1
}

# signal_all SIGNAL MEMBERS
signal_all() {
  for member in $2; do
    ! alive "\${member%%:*}" "\${member##*:}" || kill "-$1" "\${member%%:*}" 2>/dev/null
  done
  return 0
}

# signal NAME: sets $signal, as every kill takes it.
signal() {
  case $1 in
    SIGRTMIN+*) signal=$((34 + \${1#SIGRTMIN+})) ;;
    *) signal=\${1#SIG} ;;
  esac
}

# wait_while SECONDS COMMAND...: until the command fails, or the time is over.
wait_while() {
  now
  hundredths "$1"
  deadline=$((now + hundredths))
  shift
  while "$@"; do
    now
    [ "$now" -lt "$deadline" ] || return 1
    pause
  done
}
`;
