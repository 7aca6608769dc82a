# shellcheck shell=sh
# A job that somebody else defines: starts and stops it by initctl(8), and judges the result by its process alone. PID and
# START_TIME are of the process that was seen, 0 for none.

# job_status_existing NAME: sets $status. Fails for a job with instances, because each of them is started on purpose.
job_status_existing() {
  job_status "$1"
  case $status in
    *"Unknown parameter"*)
      status=$(job_instances "$1")
      printf '%s\n' "it has several instances; start and stop each of them by hand:" "$status" >&2
      return 1
      ;;
  esac
}

# job_stopped: does $status say that the job is stopped?
job_stopped() { case $status in *" stop/waiting"* | *"Unknown job"*) ;; *) return 1 ;; esac; }

# job_stop_existing NAME PID START_TIME: if `expect` does not match what the program does, upstart waits for a fork for
# ever, even to stop it. Then this function ends the process. Upstart keeps its own time limit for the kill.
job_stop_existing() {
  job_status_existing "$1" || return
  job_stopped || pb_bounded "$(pb_for_stop)" initctl stop "$1" >&2 || echo "initctl stop $1: exit code $?" >&2
  pb_gone "$1" "$2" "$3" 10 && job_status_existing "$1" || return
  job_stopped || { echo "upstart has not stopped it: $status" >&2; return 1; }
}

# job_start_existing NAME PID START_TIME
job_start_existing() {
  if pb_alive "$2" "$3"; then echo "$1 runs as pid $2: it is not started a second time" >&2; return 1; fi
  job_status_existing "$1" || return
  case $status in *" start/"*) echo "upstart considers it started: $status" >&2; return 1 ;; esac
  pb_bounded "$(pb_left)" initctl start "$1" >&2
}

# job_reload_existing NAME
job_reload_existing() { pb_bounded 60 initctl reload "$1" >&2; }

# job_automatic_existing NAME: removes the word `manual` from the override; all other lines are the administrator's and
# stay.
job_automatic_existing() {
  file=/etc/init/$1.override job=/etc/init/$1.conf
  manual='^[ 	]*manual[ 	]*$'
  if [ -f "$file" ] && grep -q "$manual" "$file"; then
    pb_temporary "$file.pulumi-bots" && cp -p "$file" "$pb_temp" || return
    grep -v "$manual" "$file" >"$pb_temp"
    if [ -s "$pb_temp" ]; then mv -f "$pb_temp" "$file"; else rm -f "$pb_temp" "$file"; fi || return
  fi
  cat "$file" "$job" 2>/dev/null | grep -Eq '^[ 	]*start[ 	]+on([ 	]|$)' && ! grep -q "$manual" "$job" && return 0
  echo "it can't be started at boot: $job has no \"start on\", or says \"manual\". Add a \"start on\" to $file, or set startMode to manual" >&2
  return 1
}

# job_manual_existing NAME: writes the word `manual` into the override.
job_manual_existing() {
  file=/etc/init/$1.override
  ! grep -qs '^[ 	]*manual[ 	]*$' "$file" || return 0
  [ -f "$file" ] || { (umask 022; : >"$file") || return; }
  pb_temporary "$file.pulumi-bots" && cp -p "$file" "$pb_temp" || return
  { cat "$file" && echo manual; } >"$pb_temp" && mv -f "$pb_temp" "$file"
}
