# shellcheck shell=sh
# The end of a service's log, for an error.

# journal_end UNIT LINES [SYNC]: prints the last lines that systemd's journal has of a unit.
journal_end() {
  [ -d /run/systemd/system ] && have journalctl || return 0
  [ $# -lt 3 ] || timeout -k 1 2 journalctl --sync
  journalctl -q -u "$1" -n "$2" --no-pager -o short-iso
}

# kernel_end WORDS LINES: prints the last lines of the kernel's log with these words.
kernel_end() { dmesg | grep -F "$1" | tail -n "$2"; }

# log_end FILE LINES USER: only the end of a file is read: to count its lines from the end could be to read all of it. Of a line
# that was cut the rest could be the rest of a secret, which nobody would know any more. USER's eyes read a file of which
# others than root can change the path: it may be a link to what only root may read.
log_end() {
  log_text=$({ pb_read "$1" "$3" tail -c 65536 2>&1 || echo "($1 is not shown: it can't be read)"; } | tr '\000' '?')
  if [ ${#log_text} -ge 65436 ]; then
    log_text=$(printf '%s\n' "$log_text" | sed 1d)
    [ -n "$log_text" ] || log_text="(its last line is longer than 64 KB)"
  fi
  printf '%s\n' "$log_text" | tail -n "$2"
}

# log_sources LINES USER TITLED BEFORE AFTER FILE...
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

# tell_log LINES USER TITLED BEFORE AFTER FILE...: emits `log`, the last lines of files, and of what the commands BEFORE and AFTER
# print; the name of each file above its lines when TITLED is not empty. It never fails, and takes no longer than 5 seconds: a
# log on a file server that hangs costs no more, for a service may be down meanwhile. What has been read by then is emitted,
# with `log_late`.
tell_log() {
  for pb_dir in /run /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
    pb_temporary "$pb_dir/.pulumi-bots" 2>/dev/null && break
    pb_temp=
  done
  [ -n "$pb_temp" ] || { emit log "(no temporary file can be made to read it into)"; return 0; }
  # shellcheck disable=SC2094 # one end to write, one to read
  exec 7>>"$pb_temp" 8<"$pb_temp"
  rm -f "$pb_temp"
  # In the background, and not waited for: a process that waits for a file server can't always be killed.
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
