/**
 * Shell functions that end what `f_list` of find.ts names, by pid and start time. `f_loops` adds what is left of a
 * script that would start its program again.
 */
export const END = `# f_starting PID: it is the script itself, which has not come to its end yet and may start the program again.
f_starting() {
  f_argv "$1"
  case $f_words in
  *"$f_nl$script\${f_nl}start$f_nl"* | *"$f_nl"/etc/rc*.d/S[0-9][0-9]"$n\${f_nl}start$f_nl"*) f_here "$1" ;;
  *) return 1 ;;
  esac
}

# f_loops: adds all of these.
f_loops() {
  for f_dir in /proc/[0-9]*; do
    f_line=
    { IFS= read -r f_line <"$f_dir/cmdline"; } 2>/dev/null
    case $f_line in */etc/*"$n"*start*) ;; *) continue ;; esac
    f_starting "\${f_dir#/proc/}" && f_remember "\${f_dir#/proc/}"
  done
}

# f_above PID: adds those that a process was started by. Others may be what reads its output: without them it would die.
f_above() {
  f_parent=$1
  while f_born "$f_parent"; do
    set -- \${f_stat##*) }
    f_parent=$2
    f_starting "$f_parent" && f_remember "$f_parent"
  done
}

f_alive() {
  f_left=
  while read -r f_pid f_was; do
    [ -n "$f_pid" ] && f_born "$f_pid" && [ "$f_start" = "$f_was" ] && f_left="$f_left $f_pid"
  done <<PB_LIST
$f_list
PB_LIST
  [ -n "$f_left" ]
}

f_uptime() { read -r f_up f_idle </proc/uptime; f_up=\${f_up%%.*}; }
f_nap() { sleep 0.2 2>/dev/null || sleep 1; }

# f_end SIGNAL SECONDS: ends all that is remembered; fails when something outlives even SIGKILL.
f_end() {
  f_signal=$1 f_killed=
  f_uptime
  f_until=$((f_up + $2))
  while f_alive; do
    [ -z "$f_signal" ] || kill -s "$f_signal" $f_left 2>/dev/null
    case $f_signal in KILL | '') ;; *) kill -s CONT $f_left 2>/dev/null ;; esac
    [ "$f_signal" != KILL ] || f_killed=1
    f_signal=
    f_nap
    f_uptime
    [ "$f_up" -lt "$f_until" ] && continue
    f_alive || break
    [ -z "$f_killed" ] || return 1
    f_signal=KILL f_until=$((f_up + 10))
  done
  true
}

# f_tree PID: sets f_pids to it and all below it.
f_tree() {
  f_pids=" $1 "
  f_grew=1
  while [ -n "$f_grew" ]; do
    f_grew=
    for f_dir in /proc/[0-9]*; do
      { read -r f_stat <"$f_dir/stat"; } 2>/dev/null || continue
      f_of=\${f_stat##*) ? }
      f_of=\${f_of%% *}
      f_pid=\${f_dir#/proc/}
      case $f_pids in *" $f_pid "*) ;; *" $f_of "*) f_pids="$f_pids$f_pid " f_grew=1 ;; esac
    done
  done
}
`;
