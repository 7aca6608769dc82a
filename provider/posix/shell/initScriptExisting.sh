# shellcheck shell=sh disable=SC2086,SC2046,SC2013
# Starts and stops a service by an init script of somebody else: $script for the service $n. $main and $born are the process
# that was seen, 0 for none; $x_programs and $x_pidfiles are the programs and pid files that would show that it runs, one a
# line.
#
# What a script reports proves nothing: a stop counts when the process that was seen has ended.

# script_existing NAME PID START_TIME PROGRAMS PID_FILES COMMAND...: sets the variables that all functions here use, and
# calls one of them.
script_existing() {
  n=$1 script=/etc/init.d/$1 main=$2 born=$3 x_programs=$4 x_pidfiles=$5
  nl='
'
  shift 5
  "$@"
}

# script_reload_existing: ends it if it takes too long.
script_reload_existing() { x_call stop "$(pb_for_stop)" reload; }

# script_restart_existing
script_restart_existing() { x_stop && x_start; }

# script_adopt PID: ends the processes of the old script that would start the program again, because two supervisors would
# start it twice. Then our script takes over the process.
script_adopt() {
  x_end_script "$1" || return
  script_call "$n" .adopt "$1"
}

# x_words PID: sets $x_words to its arguments, each followed by a line break.
x_words() { x_words=$(tr '\000\n' '\n\001' <"/proc/$1/cmdline" 2>/dev/null; echo .); x_words=${x_words%.}; }

# x_scripts: sets $x_scripts to the pids of the script itself, if it is still starting something.
x_scripts() {
  x_scripts=
  for x_path in $(grep -lF "$n" /proc/[0-9]*/cmdline 2>/dev/null); do
    x_pid=${x_path#/proc/}
    x_pid=${x_pid%/cmdline}
    x_words "$x_pid"
    case $x_words in
      *"$nl$script${nl}start$nl"* | "$script${nl}start$nl"* | *"$nl"/etc/rc*.d/S[0-9][0-9]"$n${nl}start$nl"*)
        x_scripts="$x_scripts$x_pid " ;;
    esac
  done
}

# x_end_script [PID]: ends the script. With a PID, only the ancestors of that process: other processes of the script may be
# reading its output.
x_end_script() {
  x_scripts
  if [ $# != 0 ]; then
    x_all=" $x_scripts" x_scripts= x_pid=$1
    while { read -r x_stat <"/proc/$x_pid/stat"; } 2>/dev/null; do
      set -- ${x_stat##*) }
      x_pid=$2
      case $x_all in *" $x_pid "*) x_scripts="$x_scripts$x_pid " ;; esac
    done
  fi
  for x_pid in $x_scripts; do
    pb_start_time "$x_pid" || continue
    x_born=$pb_start_time
    pb_signal TERM "$x_pid:$x_born"
    pb_gone "$script start" "$x_pid" "$x_born" 2 || return
  done
}

# x_there: fails if a process shows that the service runs, and names it.
x_there() {
  if [ "$main" != 0 ] && pb_alive "$main" "$born"; then
    echo "$n runs as pid $main: it is not started a second time" >&2
    return 1
  fi
  IFS=$nl
  for x_file in $x_pidfiles; do
    unset IFS
    x_pid=
    { read -r x_pid x_rest <"$x_file" || [ -n "$x_pid" ]; } 2>/dev/null || continue
    case $x_pid in '' | *[!0-9]*) continue ;; esac
    for x_program in $x_programs; do
      [ "/proc/$x_pid/exe" -ef "$x_program" ] || continue
      pb_start_time "$x_pid" || continue
      echo "$n runs as pid $x_pid, as $x_file says: it is not started a second time" >&2
      return 1
    done
  done
  unset IFS
}

# x_by_name: fails if the script's stop sends signals by name, and those would reach processes that do not belong to the
# service.
x_by_name() {
  x_lines=$(grep -v '^[ 	]*#' "$script" | grep -Ew 'killall|killall5|pkill|fuser')
  [ -n "$x_lines" ] || return 0
  x_names=" $(printf '%s\n' "$x_lines" | tr -cs 'A-Za-z0-9_.+-' '\n' | tr '\n' ' ') "
  processes=
  [ "$main" = 0 ] || processes=$(pb_pids $(pb_family "$main"))
  for x_pid in $processes; do
    { read -r x_name <"/proc/$x_pid/comm"; } 2>/dev/null && x_names="$x_names$x_name "
  done
  x_hit=
  for x_path in /proc/[0-9]*/comm; do
    x_pid=${x_path#/proc/}
    x_pid=${x_pid%/comm}
    case " $processes " in *" $x_pid "*) continue ;; esac
    { read -r x_name <"$x_path"; } 2>/dev/null || continue
    # Programs that the script itself uses and that run on every host.
    case $x_name in sh | bash | dash | grep | sed | awk | cat | sleep | killall | pkill | fuser | kill) continue ;; esac
    case $x_names in *" $x_name "*) x_hit="$x_hit $x_pid ($x_name)" ;; esac
  done
  [ -n "$x_hit" ] || return 0
  echo "$script stops by name (killall, pkill or fuser), which could hit other processes:$x_hit, so it was not run. Stop $n by hand" >&2
  return 1
}

# x_call start|stop SECONDS ACTION: calls the script, through systemd if the host runs it.
x_call() {
  if [ -d /run/systemd/system ] && have systemctl; then
    x_verb=$3
    # systemd considers a script that has once started something active for ever.
    [ "$3" != start ] || ! systemctl is-active --quiet "$n.service" || x_verb=restart
    [ "$3" != start ] || systemctl reset-failed "$n.service" 2>/dev/null
    set -- "$1" "$2" systemctl --no-ask-password --no-pager "$x_verb" "$n.service"
  elif [ -x "$script" ]; then set -- "$1" "$2" "$script" "$3"
  else set -- "$1" "$2" sh "$script" "$3"
  fi
  pb_apart "$@"
}

# x_stop: calls the script's own stop, and waits until its processes have ended.
x_stop() {
  x_by_name || return
  if [ "$main" = 0 ]; then
    # Nothing runs. A stop could reach another process whose number is in a stale pid file.
    ! { [ -d /run/systemd/system ] && systemctl is-active --quiet "$n.service"; } || x_call stop "$(pb_for_stop)" stop
    return 0
  fi
  x_members=$(pb_family "$main")
  x_call stop "$(pb_for_stop)" stop || echo "$script stop: exit code $?" >&2
  x_end_script || return
  pb_gone "$n" "$main" "$born" 10 || return
  # Workers usually end with their master; sessions of people may continue.
  pb_wait_while 5 pb_any_alive $x_members
  main=0
  x_there
}

# x_start: starts it, but never a second copy.
x_start() {
  [ -f "$script" ] || { echo "there is no $script" >&2; return 1; }
  x_there || return
  x_scripts
  [ -z "$x_scripts" ] || { echo "$script start still runs (pid $x_scripts): it is not started a second time" >&2; return 1; }
  x_call start "$(pb_left)" start && return
  x_code=$?
  # Some scripts exit with 1 although they succeeded. Then the process decides.
  main=0
  for x_try in 1 2 3 4 5 6 7 8 9 10; do
    x_there 2>/dev/null || return 0
    pb_pause
  done
  echo "$script start: exit code $x_code" >&2
  return "$x_code"
}
