# shellcheck shell=sh
# Upstart: changes of jobs by initctl(8). Its messages, not its exit code, tell the result. Commands that act at once have a
# time limit of one minute.

# job_reload_configuration: upstart does not notice links and new folders by itself.
job_reload_configuration() { pb_bounded 60 initctl reload-configuration; }

# job_instances NAME: prints upstart's status of each instance of a job.
job_instances() {
  pb_bounded 60 initctl list 2>/dev/null | while IFS= read -r line; do
    case $line in "$1 ("*) printf '%s\n' "$line" ;; esac
  done
}

# job_status NAME: sets $status to upstart's status of the job.
job_status() { status=$(pb_bounded 60 initctl status "$1" 2>&1); }

# job_main NAME: sets $main to the pid of the main process, or to nothing if there is none.
job_main() {
  main=$(pb_bounded 60 initctl status "$1" 2>/dev/null |
    sed -n 's/^[^,]* [a-z]*\/\(running\|post-start\|spawned\|pre-stop\|stopping\|killed\), process \([0-9]*\)$/\2/p' | head -n 1)
}

# job_start NAME: a job that already runs counts as started.
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

# job_stop NAME SECONDS: upstart reports an error for a job that is stopped, or whose file is gone, so the status decides.
# If a program does not fork as `expect` says, upstart waits for the fork, even to stop it. This function ends such a
# program.
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

# job_reload NAME SIGNAL: sends the signal to the main process.
job_reload() {
  job_main "$1"
  [ -n "$main" ] || { echo "it has no process" >&2; return 1; }
  kill -s "$2" "$main"
}

# job_automatic OVERRIDE: removes the word `manual` from the override. Other lines are drift, and the next write removes
# them.
job_automatic() {
  [ -f "$1" ] || return 0
  rest=$(grep -v '^[ 	]*manual[ 	]*$' "$1")
  case $rest in
    *[![:space:]]*) put "$1" root root 0644 "$(printf '%s\n' "$rest" | base64)" ;;
    *) rm -f "$1" ;;
  esac
}

# job_manual OVERRIDE: writes the word `manual` into the override.
job_manual() {
  ! grep -q '^[ 	]*manual[ 	]*$' "$1" 2>/dev/null || return 0
  put "$1" root root 0644 "$(echo manual | base64)"
}

# job_logs OWNER FILE...: creates log files for the program's own user, who opens them and may not be allowed to create
# them. Only where nobody else could have put a link.
job_logs() {
  owner=$1
  shift
  for file; do
    [ -e "$file" ] || [ -n "$(pb_others "$file")" ] || { (umask 027; set -C; : >"$file") && chown "$owner" "$file"; } || return
  done
}

# job_remove NAME SECRETS: removes its files. An override that says more than `manual` is somebody else's and stays; emits
# `leftovers`, its path.
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

# job_verify FILE BASE64 SCRIPT...: checks the syntax of the job's scripts with the host's own shell (`sh -n`), and of the
# whole file with init-checkconf(8), if it exists and can run: it starts an upstart of its own. The files that both leave in
# the folder for temporary files and in the home directory are removed with ours.
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

# read_jobs SECRETS NAME...: reads the state and the files. For each name it emits `status` (the output of `initctl
# status`), `born` (the start time of its main process), `kernel` (upstart's last message about it), `link`, `conf`,
# `override`, `environment`, `stat` and `program.WORD`: the path of a program that the job names without a folder. SECRETS
# is the folder of secret variables.
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

# job_processes NAME: emits `processes`, those of the job's session: upstart makes each program the leader of a session.
job_processes() {
  job_main "$1"
  # shellcheck disable=SC2046,SC2086 # lists
  processes=$(pb_pids $(pb_family $main))
  emit processes "$processes"
}
