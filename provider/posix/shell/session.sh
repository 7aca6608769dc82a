# shellcheck shell=sh
# The shell's side of a session. Blocks of steps arrive through stdin. What steps print goes to unlinked files, and from
# there to the provider when a step has ended. So a broken connection stops no step: only the shell itself writes to it, and
# the shell ignores SIGPIPE.
#
# Descriptors: 3/4 write and read what is emitted, 5/6 what steps print, 9 is the lock, 7 the lock of earlier versions.
# Steps don't inherit 7 and 9, so that a daemon that they start can't keep the lock.

# pb_begin: prepares the session.
pb_begin() {
  trap '' HUP PIPE
  trap 'pb_cancelled=1' TERM
  trap 'pb_torn=1' USR1
  trap pb_end_session EXIT
  pb_cancelled= pb_torn= pb_sleeper=
  pb_held= # what frees the lock, once it is ours
  pb_start_time $$
  pb_me=$pb_start_time
  pb_files
  pb_say hello "$$ $pb_me"
}

# pb_say WORDS...: sends a line to the provider.
pb_say() { printf '%s %s\n' "$pb_nonce" "$*"; }

# pb_tell_facts: sends what pb_facts has emitted. Ends the session if that is incomplete.
pb_tell_facts() {
  pb_pump
  pb_say facts "$pb_told"
  [ -z "$pb_torn" ] || exit 1
}

# pb_limit SECONDS: sets how much time the operation has left.
pb_limit() { pb_clock; pb_deadline=$((pb_clock + $1)); }

# pb_left: prints the seconds that the operation has left. This is the only limit of what the user gives a time limit to.
pb_left() {
  pb_clock
  pb_seconds=$((${pb_deadline:-$((pb_clock + 300))} - pb_clock))
  [ "$pb_seconds" -ge 1 ] || pb_seconds=1
  echo "$pb_seconds"
}

# pb_files: opens and unlinks two files, in memory if possible: in the first folder with room for more than an empty file.
pb_files() {
  pb_full=
  pb_filler=................................................................
  for pb_i in 1 2 3 4 5 6 7 8 9 10; do pb_filler=$pb_filler$pb_filler; done
  for pb_dir in /run /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
    pb_temporary "$pb_dir/.pulumi-bots" 2>/dev/null || continue
    pb_out=$pb_temp
    if { printf %s "$pb_filler" >"$pb_out" && : >"$pb_out" && pb_temporary "$pb_dir/.pulumi-bots"; } 2>/dev/null
    then
      pb_err=$pb_temp
      pb_where=$pb_dir
      # shellcheck disable=SC2094 # one end to write, one to read
      exec 3>>"$pb_out" 4<"$pb_out" 5>>"$pb_err" 6<"$pb_err"
      rm -f "$pb_out" "$pb_err"
      return 0
    fi
    rm -f "$pb_out"
    pb_full="$pb_full $pb_dir"
  done
  echo "no temporary file can be written in /run, /dev/shm, ${TMPDIR:-/tmp} or /var/tmp${pb_full:+ (no space left in:$pb_full)}" >&2
  exit 1
}

# pb_pump: sends what has been written since the last time. That is usually nothing, which is seen without a process. Of
# what steps print, only the end is sent. Sets $pb_told to the amount that has been emitted so far, which the provider
# compares. cat and this shell share an offset in the file, so a part that cat did not send shows. $pb_told then also says
# where that was written.
pb_pump() {
  if IFS= read -r pb_line <&4 || [ -n "$pb_line" ]; then
    printf '%s\n' "$pb_line"
    cat <&4
    # When that can't be printed either, the connection is lost, which stops no step.
    while IFS= read -r pb_line <&4 || [ -n "$pb_line" ]; do printf '%s\n' "$pb_line" && pb_torn=1; done 2>/dev/null
  fi
  if IFS= read -r pb_line <&6 || [ -n "$pb_line" ]; then
    pb_say 2 "$({ printf '%s\n' "$pb_line"; cat <&6; } | tail -c 65536 | base64 | tr -d '\n')"
  fi
  pb_size=- # before Linux 2.6.22
  { read -r pb_line pb_size </proc/self/fdinfo/4; } 2>/dev/null
  pb_told="$pb_size ${pb_torn:+$pb_where}"
  [ -z "$pb_torn" ] || echo # a line that was torn ends here
}

# pb_block COUNT: runs pb_0, pb_1, ... up to the first that fails.
pb_block() {
  pb_unwatch || exit 1
  pb_count=$1
  pb_i=0
  while [ "$pb_i" -lt "$pb_count" ] && [ -z "$pb_cancelled" ]; do
    pb_say b "$pb_i"
    pb_torn=
    (trap - HUP PIPE TERM; exec 4<&- 5>&- 6<&- 7<&- 9>&-; "pb_$pb_i") </dev/null >&5 2>&5
    pb_code=$?
    pb_pump
    pb_say e "$pb_i" "$pb_code" "$pb_told"
    [ "$pb_code" -eq 0 ] && [ -z "$pb_torn" ] || break
    pb_i=$((pb_i + 1))
  done
  pb_say d
  pb_watch
}

# pb_lenient STEP ARG...: runs a step whose failure does not end the block. Emits `pb_failed`, its exit code, if it fails.
pb_lenient() {
  "$@" || emit pb_failed "$?"
  return 0
}

# pb_watch: starts the watchdog between blocks. If the shell receives nothing for $pb_patience seconds, its connection broke
# silently.
pb_watch() { pb_sleeper=$(pb_timer "$pb_patience" pb_bite); }

# pb_unwatch: ends the watchdog by killing its sleep. Fails if the sleep is over, because the watchdog is then about to end
# this shell.
pb_unwatch() {
  [ -z "$pb_sleeper" ] && return
  kill -KILL "$pb_sleeper" 2>/dev/null && pb_sleeper=
}

# pb_bite: in the watchdog, ends the shell, which releases the lock, and removes the lock's file as the next owner would.
pb_bite() {
  pb_alive $$ "$pb_me" || exit
  kill -KILL $$
  [ -z "$pb_held" ] && exit
  sleep 1
  "$pb_held" again
}

# pb_end_session: releases the lock, whatever ends the session.
pb_end_session() {
  pb_unwatch
  [ -z "$pb_held" ] || "$pb_held"
  pb_say bye
}
