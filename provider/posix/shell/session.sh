# shellcheck shell=sh
# A session, on the shell's side. Blocks of steps come in through stdin; what they print goes to files without a name, and
# from there to us when a step has ended. So a dead connection stops no step: only the shell itself writes to it, and the
# shell does not care (trap '' PIPE).
#
# Descriptors: 3/4 write and read ends of what is emitted, 5/6 of what steps print, 9 the lock, 7 that of older versions.
# No step has 7 or 9: a daemon that it starts must not keep the lock.

# pb_begin: what a session is, before anything is read.
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

# pb_say WORDS...
pb_say() { printf '%s %s\n' "$pb_nonce" "$*"; }

# pb_tell_facts: after pb_facts. Ends the session when what it emitted is not whole.
pb_tell_facts() {
  pb_pump
  pb_say facts "$pb_told"
  [ -z "$pb_torn" ] || exit 1
}

# pb_limit SECONDS: what the operation has left by now.
pb_limit() { pb_clock; pb_deadline=$((pb_clock + $1)); }

# pb_left: prints the seconds that the operation has left: what the user bounds is bounded by nothing else of ours.
pb_left() {
  pb_clock
  pb_seconds=$((${pb_deadline:-$((pb_clock + 300))} - pb_clock))
  [ "$pb_seconds" -ge 1 ] || pb_seconds=1
  echo "$pb_seconds"
}

# pb_files: two files that nobody sees, in memory where there is one: in the first folder with room for more than an empty file.
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

# pb_pump: what has been written since the last time: mostly nothing, and no process is needed to see that. Of what steps
# print, the end is what matters. Sets $pb_told: how much has been emitted so far, for the other side to compare (cat and this
# shell share an offset in the file, so that what cat left behind shows), and, when that is not whole, where it was written.
pb_pump() {
  if IFS= read -r pb_line <&4 || [ -n "$pb_line" ]; then
    printf '%s\n' "$pb_line"
    cat <&4
    # When that can't be printed either, the connection has gone, which stops no step.
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

# pb_lenient STEP ARG...: runs a step whose failure does not end the block. Emits `pb_failed`, its exit code, when it fails.
pb_lenient() {
  "$@" || emit pb_failed "$?"
  return 0
}

# pb_watch: between blocks, who hears nothing for $pb_patience seconds has been forgotten, by a connection that broke silently.
pb_watch() { pb_sleeper=$(pb_timer "$pb_patience" pb_bite); }

# pb_unwatch: ends the watchdog with its sleep. Fails when that is over: then the watchdog is about to end us.
pb_unwatch() {
  [ -z "$pb_sleeper" ] && return
  kill -KILL "$pb_sleeper" 2>/dev/null && pb_sleeper=
}

# pb_bite: in the watchdog, ends the shell, which frees the lock, and removes the lock's file as any later owner would.
pb_bite() {
  pb_alive $$ "$pb_me" || exit
  kill -KILL $$
  [ -z "$pb_held" ] && exit
  sleep 1
  "$pb_held" again
}

# pb_end_session: frees the lock, whatever ends the session.
pb_end_session() {
  pb_unwatch
  [ -z "$pb_held" ] || "$pb_held"
  pb_say bye
}
