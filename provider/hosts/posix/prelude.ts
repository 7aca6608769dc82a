import { sh } from "./sh";

/**
 * The shell functions that every script of ours may use. POSIX sh: runs in dash, bash and BusyBox. Names that begin with
 * `pb_` are our own machinery; a nonce ($pb_nonce) begins every line we print, so that nothing else is taken for it.
 */
export const PRELUDE = sh`
LC_ALL=C; export LC_ALL
unset POSIXLY_CORRECT GREP_OPTIONS SYSTEMD_LOG_LEVEL SYSTEMD_COLORS # of a login, they change what programs take and say
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\${PATH:+:$PATH}; export PATH
umask 077
set -u
cd /

# have COMMAND
have() { command -v "$1" >/dev/null 2>&1; }

# CentOS 5 has none. An old openssl reads no long lines.
if ! have base64; then
  have openssl || { echo "the host has neither base64 nor openssl: one of them is needed" >&2; exit 1; }
  base64() {
    if [ $# -eq 0 ]; then openssl enc -base64; else { fold -w 64; echo; } | openssl enc -base64 -d; fi
  }
fi

pb_prefix= # of the keys that are emitted

# emit KEY VALUE: any bytes. Printable ASCII goes as it is, the rest as base64: most values cost no process.
emit() {
  case $2 in
    *[!\ -~]*) printf %s "$2" | emit_stdin "$1" ;;
    *) printf '%s = %s %s\n' "$pb_nonce" "$pb_prefix$1" "$2" >&3 ;;
  esac
}

# emit_stdin KEY: the lines of base64 become one by being split into words.
emit_stdin() {
  pb_words=$(base64)
  { printf '%s : %s ' "$pb_nonce" "$pb_prefix$1"; printf %s $pb_words; echo; } >&3
}

# emit_file KEY PATH: fails, and says nothing, when there is no such file to be read.
emit_file() {
  [ -f "$2" ] && [ -r "$2" ] || return 1
  emit_stdin "$1" <"$2"
}

# Old ones take no file, and do all.
pb_sync() { ! have sync || sync "$@" 2>/dev/null || sync; }

# pb_temporary PREFIX: makes an empty file that only we can read, and sets $pb_temp to its path. There is no mktemp on
# every host; nobody can have laid anything at a name that nobody can guess, and what is there is not opened.
pb_temporary() {
  read -r pb_temp </proc/sys/kernel/random/uuid
  pb_temp=$1.$pb_temp
  (set -C; : >"$pb_temp")
}

# put PATH OWNER GROUP MODE BASE64: the file is there whole, or as it was before. A link at PATH is replaced, not followed.
put() {
  (
    trap '' TERM # a cancelled put is finished: it takes milliseconds
    pb_dir=\${1%/*}; pb_dir=\${pb_dir:-/}
    pb_temp=$pb_dir/.\${1##*/}.pulumi-bots
    if [ -d "$1" ] && [ ! -L "$1" ]; then echo "put $1: a folder of that name is in the way" >&2; exit 1; fi
    [ -d "$pb_dir" ] || (umask 022; mkdir -p "$pb_dir") || { echo "put $1: cannot create $pb_dir" >&2; exit 1; }
    rm -f "$pb_temp".* # left by a run that was killed
    pb_temporary "$pb_temp" || { echo "put $1: cannot create a temporary file in $pb_dir" >&2; exit 1; }
    if printf %s "$5" | base64 -d >"$pb_temp" && chown "$2:$3" "$pb_temp" && chmod "$4" "$pb_temp" && pb_sync "$pb_temp" &&
      pb_rename "$pb_temp" "$1"
    then pb_sync "$pb_dir"
    else
      rm -f "$pb_temp"
      echo "put $1: failed, the file is as it was" >&2
      exit 1
    fi
  )
}

# mv would move into the folder that a link points at.
pb_rename() {
  if [ -L "$2" ] && [ -d "$2" ]; then rm -f "$2" || return; fi
  mv -f "$1" "$2"
}

# pb_born PID: when a process was started. A pid alone is used again, the two together are not.
pb_born() {
  { read -r pb_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${pb_stat##*) }
  shift 19
  echo "$1"
}

# pb_below PID: the processes below one, found by their parents; no ps needed.
pb_below() {
  pb_tree=" $1 "; pb_new=1
  while [ -n "$pb_new" ]; do
    pb_new=
    for pb_file in /proc/[0-9]*/stat; do
      { read -r pb_stat <"$pb_file"; } 2>/dev/null || continue
      pb_pid=\${pb_stat%% *}
      set -- \${pb_stat##*) }
      case $pb_tree in *" $pb_pid "*) continue ;; esac
      case $pb_tree in *" $2 "*) pb_tree="$pb_tree$pb_pid "; pb_new=1 ;; esac
    done
  done
  echo "\${pb_tree#* * }"
}

# pb_fell PID BORN: ends what is below a process.
pb_fell() {
  pb_felled=
  for pb_signal in TERM KILL; do
    if [ "$(pb_born "$1")" = "$2" ]; then
      for pb_pid in $(pb_below "$1"); do pb_felled="$pb_felled $pb_pid:$(pb_born "$pb_pid")"; done
    fi
    pb_any=
    for pb_pid in $pb_felled; do
      [ "$(pb_born "\${pb_pid%:*}")" = "\${pb_pid#*:}" ] && kill "-$pb_signal" "\${pb_pid%:*}" && pb_any=1
    done
    [ -z "$pb_any" ] || [ "$pb_signal" = KILL ] || sleep 1
  done
}

# pb_bounded SECONDS COMMAND ARGS...: 124 when it took longer, and was ended with all below it: asked, and after a second
# made to. COMMAND may be a function. It runs in the foreground: in the background it would ignore SIGINT, for good.
# The sleep is exec'd: BusyBox from 1.36 on has one in the shell, which would hold our stdout as long as it sleeps.
pb_bounded() (
  pb_limit=$1; shift
  read -r pb_self pb_stat </proc/self/stat
  pb_timer=$(
    {
      exec sleep "$pb_limit" >/dev/null &
      echo $!
      exec >/dev/null
      pb_since=$(pb_born "$pb_self")
      wait $! && pb_fell "$pb_self" "$pb_since"
    } </dev/null 2>/dev/null 3>&- &
  )
  trap 'kill -KILL "$pb_timer" 2>/dev/null; exit 143' TERM
  ("$@")
  pb_code=$?
  kill -KILL "$pb_timer" 2>/dev/null || pb_code=124
  exit "$pb_code"
)
`;
