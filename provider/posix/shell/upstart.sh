# shellcheck shell=sh
# Upstart: what is done to jobs by initctl(8), which says how that went by what it prints, and not by its exit code. What it does at
# once gets a minute.

# job_reload_configuration: upstart sees links, and folders that were made later, in no other way.
job_reload_configuration() { pb_bounded 60 initctl reload-configuration; }

# job_instances NAME: prints what upstart says of the instances of a job.
job_instances() {
  pb_bounded 60 initctl list 2>/dev/null | while IFS= read -r line; do
    case $line in "$1 ("*) printf '%s\n' "$line" ;; esac
  done
}

# job_status NAME: sets $status to what upstart says of it.
job_status() { status=$(pb_bounded 60 initctl status "$1" 2>&1); }

# job_main NAME: sets $main to the pid of the main process, to nothing when there is none.
job_main() {
  main=$(pb_bounded 60 initctl status "$1" 2>/dev/null |
    sed -n 's/^[^,]* [a-z]*\/\(running\|post-start\|spawned\|pre-stop\|stopping\|killed\), process \([0-9]*\)$/\2/p' | head -n 1)
}

# job_start NAME: that it ran already is as good.
job_start() {
  seconds=$(pb_left)
  said=$(pb_bounded "$seconds" initctl start "$1" 2>&1)
  rc=$?
  case $rc,$said in
    0,* | *"already running"*) return 0 ;;
    124,*) echo "initctl start: did not finish within $seconds seconds: the operation has no more time (customTimeouts)" >&2 ;;
    *) printf '%s\n' "$said" >&2 ;;
  esac
  return $rc
}

# job_stop NAME SECONDS: what counts is that it is stopped: of one that was, or whose file is gone, upstart says an error. A program
# that does not fork as `expect` says is ended here: upstart waits for the fork, also to stop it.
job_stop() {
  said=$(pb_bounded "$2" initctl stop "$1" 2>&1)
  rc=$?
  [ $rc != 0 ] || return 0
  for signal in TERM KILL ""; do
    job_status "$1"
    case $status in
      *"Unknown job"* | *"Unknown instance"* | "$1 stop/waiting") return 0 ;;
      *"Unknown parameter"*)
        status=$(job_instances "$1")
        [ -n "$status" ] || return 0
        printf '%s\n' "it has several instances; stop each of them by hand first:" "$status" >&2
        return 1
        ;;
    esac
    main=$(printf '%s\n' "$status" | sed -n 's/^[^,]* stop\/spawned, process \([0-9]*\)$/\1/p')
    pb_start_time "$main" && [ -n "$signal" ] || break
    pb_signal "$signal" "$main:$pb_start_time"
    pb_wait_while 2 pb_alive "$main" "$pb_start_time"
  done
  [ $rc != 124 ] || echo "initctl stop: did not finish within $2 seconds" >&2
  printf '%s\n' "$said" >&2
  return $rc
}

# job_reload NAME SIGNAL
job_reload() {
  job_main "$1"
  [ -n "$main" ] || { echo "it has no process" >&2; return 1; }
  kill -s "$2" "$main"
}

# job_automatic OVERRIDE: takes the word `manual` out of it. Of an override only that word is ours to take: other lines are drift,
# and go with the next write.
job_automatic() {
  [ -f "$1" ] || return 0
  rest=$(grep -v '^[ 	]*manual[ 	]*$' "$1")
  case $rest in
    *[![:space:]]*) put "$1" root root 0644 "$(printf '%s\n' "$rest" | base64)" ;;
    *) rm -f "$1" ;;
  esac
}

# job_manual OVERRIDE
job_manual() {
  ! grep -q '^[ 	]*manual[ 	]*$' "$1" 2>/dev/null || return 0
  put "$1" root root 0644 "$(echo manual | base64)"
}

# job_logs OWNER FILE...: log files are opened by the program's own user, who may not be allowed to make them. Only where nobody
# else could lay a link.
job_logs() {
  owner=$1
  shift
  for file; do
    [ -e "$file" ] || [ -n "$(pb_others "$file")" ] || { (umask 027; set -C; : >"$file") && chown "$owner" "$file"; } || return
  done
}

# job_remove NAME SECRETS: its files. An override that says more than `manual` is somebody else's and stays; emits `leftovers`,
# which names it.
job_remove() {
  rm -f "/etc/init/$1.conf" "$2" || return
  override=/etc/init/$1.override
  if [ -f "$override" ]; then
    rest=$(grep -v '^[ 	]*\(manual[ 	]*\)\{0,1\}\(#.*\)\{0,1\}$' "$override")
    case $rest in
      *[![:space:]]*) emit leftovers "$override
" ;;
      *) rm -f "$override" || return ;;
    esac
  fi
  rmdir "${2%/*}" 2>/dev/null
  return 0
}

# job_verify FILE BASE64 SCRIPT...: has the host's own shell read the scripts of the job (`sh -n`), and init-checkconf(8) the whole
# file where it is there and can run: it starts an upstart of its own for that, which it can't everywhere. What the two leave
# behind, in the folder for temporary files and below the home, goes with ours.
job_verify() {
  file=$1 text=$2
  shift 2
  for body; do
    printf '%s\n' "$body" | sh -n || return
  done
  have init-checkconf || return 0
  folder=$(mktemp -d) || return 0
  put "$folder/$file" root root 0644 "$text" || { rm -rf "$folder"; return 1; }
  said=$(HOME=$folder TMPDIR=$folder; export HOME TMPDIR; pb_bounded 60 init-checkconf "$folder/$file" 2>&1 </dev/null)
  rm -rf "$folder"
  case $said in
    *"syntax invalid"*) printf '%s\n' "$said" >&2; return 1 ;;
  esac
}

# read_jobs SECRETS NAME...: the state and the files. Per name it emits `status` (what `initctl status` said), `born` (when its main
# process was started), `kernel` (the last word of upstart about it), `link`, `conf`, `override`, `environment`, `stat` and
# `program.WORD`: where the host finds a program that the job names without a folder. SECRETS is the folder of secret variables.
read_jobs() {
  secrets=$1 kernel=
  shift
  for n; do
    conf=/etc/init/$n.conf
    said=$(pb_bounded 30 initctl status "$n" 2>&1)
    case $? in 0) ;; 124) echo "initctl status: no answer within 30 seconds" >&2; return 1 ;; esac
    case $said in
      "$n "* | *"Unknown job"*) ;;
      *"Unknown parameter"*)
        said=$(job_instances "$n")
        [ -n "$said" ] || said="$n stop/waiting"
        ;;
      *) printf '%s\n' "$said" >&2; return 1 ;;
    esac
    emit "$n/status" "$said"
    pid=$(printf '%s\n' "$said" | sed -n 's/^[^,]* [a-z]*\/[a-z-]*, process \([0-9]*\)$/\1/p' | head -n 1)
    ! pb_start_time "$pid" || emit "$n/born" "$pb_start_time"
    case $said in
      *" start/running"*) ;;
      *)
        [ -n "$kernel" ] || kernel=$(dmesg 2>/dev/null | grep ' init: ' | tail -n 500)
        last=$(printf '%s\n' "$kernel" | grep -F " init: $n " | tail -n 1)
        [ -z "$last" ] || emit "$n/kernel" "$last"
        ;;
    esac
    emit_link "$n/link" "$conf"
    emit_file "$n/conf" "$conf"
    emit_file "$n/override" "/etc/init/$n.override"
    emit_file "$n/environment" "$secrets/$n.env"
    emit_stat "$n/stat" "$conf" "$secrets/$n.env"
    # shellcheck disable=SC2013 # words
    for word in $(cat "$conf" "/etc/init/$n.override" 2>/dev/null |
      sed -n 's/^[ 	]*\(exec[ 	][ 	]*\)\{0,1\}\([A-Za-z0-9_.+-][A-Za-z0-9_.+-]*\).*/\2/p' | sort -u); do
      path=$(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; pb_which "$word" 2>/dev/null)
      case $path in /*) emit "$n/program.$word" "$path" ;; esac
    done
  done
}

# job_processes NAME: emits `processes`, those of the job's session: upstart starts each program as the leader of one.
job_processes() {
  job_main "$1"
  # shellcheck disable=SC2046,SC2086 # lists
  processes=$(pb_pids $(pb_family $main))
  emit processes "$processes"
}
