# shellcheck shell=sh
# The last lines of a service's log, for an error.

# journal_end UNIT LINES [SYNC]: prints the last lines of a unit in systemd's journal.
journal_end() {
  [ -d /run/systemd/system ] && have journalctl || return 0
  [ $# -lt 3 ] || timeout -k 1 2 journalctl --sync
  journalctl -q -u "$1" -n "$2" --no-pager -o short-iso
}

# kernel_end WORDS LINES: prints the last lines of the kernel's log that contain these words.
kernel_end() { dmesg | grep -F "$1" | tail -n "$2"; }

# log_end FILE LINES USER: prints the last lines of a file. Reads only its last 64 KB, because counting lines from the end
# of a long file could read all of it. Drops a line that was cut: its rest could be the rest of a secret, which would no
# longer be recognised. If others than root can change the path, USER reads the file: it may be a link to a file that only
# root may read.
log_end() {
  log_text=$({ pb_read "$1" "$3" tail -c 65536 2>&1 || echo "($1 is not shown: it can't be read)"; } | tr '\000' '?')
  if [ ${#log_text} -ge 65436 ]; then
    log_text=$(printf '%s\n' "$log_text" | sed 1d)
    [ -n "$log_text" ] || log_text="(its last line is longer than 64 KB)"
  fi
  printf '%s\n' "$log_text" | tail -n "$2"
}

# log_sources LINES USER TITLED BEFORE AFTER FILE...: prints what tell_log emits.
log_sources() {
  log_lines=$1 log_user=$2 log_titled=$3 log_after=$5
  eval "$4" | tail -c 65536
  shift 5
  for log_file; do
    [ -f "$log_file" ] && [ -s "$log_file" ] || continue
    [ -z "$log_titled" ] || echo "$log_file:"
    log_end "$log_file" "$log_lines" "$log_user"
  done
  eval "$log_after" | tail -c 65536
}

# tell_log LINES USER TITLED BEFORE AFTER FILE...: emits `log`: what the command BEFORE prints, the last lines of the files,
# and what AFTER prints. If TITLED is not empty, the name of each file precedes its lines. It never fails and takes at most
# 5 seconds, because the service may be down meanwhile and a file server may hang. After that time it emits what has been
# read, and `log_late`.
tell_log() {
  for pb_dir in /run /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
    pb_temporary "$pb_dir/.pulumi-bots" 2>/dev/null && break
    pb_temp=
  done
  [ -n "$pb_temp" ] || { emit log "(no temporary file can be made to read it into)"; return 0; }
  # shellcheck disable=SC2094 # one end to write, one to read
  exec 7>>"$pb_temp" 8<"$pb_temp"
  rm -f "$pb_temp"
  # In the background, because a process that waits for a file server can't always be killed.
  log_sources "$@" >&7 2>/dev/null </dev/null 3>&- 8<&- &
  log_reader=$!
  if pb_start_time "$log_reader" && log_began=$pb_start_time && ! pb_wait_while 5 pb_alive "$log_reader" "$log_began"; then
    # shellcheck disable=SC2046 # a list
    pb_signal KILL "$log_reader:$log_began" $(pb_below "$log_reader")
    emit log_late 5
  fi
  log=$(tail -c 20000 <&8)
  [ ${#log} -lt 19900 ] || log=$(printf '%s\n' "$log" | sed 1d)
  emit log "$log"
}
