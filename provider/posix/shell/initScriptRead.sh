# shellcheck shell=sh
# What a host knows of services with an init script, ours or not.

# script_stat PID: sets $stat to the process's line in /proc, or to nothing if there is no such process.
script_stat() {
  stat=
  case $1 in '' | *[!0-9]*) ;; *) { read -r stat <"/proc/$1/stat"; } 2>/dev/null ;; esac
}

# script_setting VARIABLE: prints the value that $script sets it to, if that is a plain word.
script_setting() { sed -n "s/^$1='\\{0,1\\}\\([^']*\\)'\\{0,1\\}$/\\1/p" "$script" | head -n 1; }

# script_record NAME: emits `record` of our script and, for the pids in it, `pid` and `supervisor`, their lines in /proc.
# Record and processes must be of one moment, so both are read again if the record has changed meanwhile.
script_record() {
  record=/var/run/pulumi-bots/$1
  for try in 1 2 3 4 5; do
    pid= supervisor=
    text_of "$record"
    seen=$text
    for line in $text; do
      case $line in pid=*) pid=${line#*=} ;; supervisor=*) supervisor=${line#*=} ;; esac
    done
    script_stat "$supervisor"
    supervisor=$stat
    script_stat "$pid"
    text_of "$record"
    [ "$text" != "$seen" ] || break
  done
  if [ -n "$seen" ]; then emit "$1/record" "$seen"; elif [ -f "$script" ]; then script_by_pid_file "$1"; fi
  [ -z "$stat" ] || emit "$1/pid" "$stat"
  [ -z "$supervisor" ] || emit "$1/supervisor" "$supervisor"
}

# script_by_pid_file NAME: without a record, the pid file and the command line decide; the latter is emitted as `command`.
# If others can write the pid file, the process must belong to the service's own user.
script_by_pid_file() {
  file=$(script_setting PID_FILE)
  file=${file:-/var/run/$1.pid}
  [ ! -f "$file" ] || { read -r pid <"$file"; } 2>/dev/null
  script_stat "$pid"
  if [ -n "$stat" ] && [ -n "$(pb_others "$file")" ]; then
    user=$(id -u "$(script_setting RUN_AS_USER)" 2>/dev/null)
    # shellcheck disable=SC2012 # numbers
    owner=$(ls -ldn "/proc/$pid" 2>/dev/null | awk '{ print $3 }')
    case $user in '' | 0) stat= ;; "$owner") ;; *) stat= ;; esac
  fi
  [ -z "$stat" ] || emit_file "$1/command" "/proc/$pid/cmdline"
}

# script_links NAME: emits `links`, which start it at boot.
script_links() {
  links=
  for link in /etc/rc[0-6].d/[SK][0-9][0-9]"$1" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$1" /etc/runlevels/*/"$1"; do
    case $link in
      # On Red Hat, one of the two is a link to the other.
      /etc/rc.d/*) [ ! -d /etc/rc0.d ] || continue ;;
    esac
    { [ ! -L "$link" ] && [ ! -e "$link" ]; } || links="$links$link$nl"
  done
  emit "$1/links" "$links"
}

# read_scripts SECRETS NAME...: reads the script and its secret variables (from the folder SECRETS), the record of its
# process, the links that start it at boot, owners and modes. For scripts that are not ours it also reads what
# initScriptOthers.sh describes. Once for all: `boot` (the boot id) and `init` (whose links count).
read_scripts() {
  secrets=$1
  shift
  nl='
'
  boot= x_hints= x_any=
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
  emit boot "$boot"
  if [ -e /run/openrc/softlevel ] && [ ! -d /run/systemd/system ]; then emit init openrc; fi
  for n; do
    script=/etc/init.d/$n
    emit_file "$n/script" "$script"
    emit_link "$n/link" "$script"
    emit_file "$n/environment" "$secrets/$n.env"
    emit_stat "$n/stat" "$script" "$secrets/$n.env"
    script_links "$n"
    unit=/etc/systemd/system/$n.service
    if [ -L "$unit" ] && [ "$(pb_link "$unit")" = /dev/null ]; then emit "$n/masked" yes; fi
    # Drop-ins change how systemd runs the script.
    [ ! -d /run/systemd/system ] || emit_drop_ins "$n" "$n.service"
    if [ -f "$script" ] && ! script_is_ours "$n"; then
      x_any=yes
      read_existing_script
      # A script that was ours still writes its record.
      grep -q '^RECORD=[$]RUN/[$]NAME$' "$script" || continue
    fi
    script_record "$n"
  done
  [ -z "$x_any" ] || read_existing_processes
}
