import { AS_USER } from "./asUser";
import { sh } from "./sh";

/**
 * The tools that our scripts read with. Each is behind a function that reports a tool which is missing or was killed. Not
 * among them: `timeout`, whose exit code is that of what it runs, and names that are none for a function.
 */
const TOOLS = [
  ...["awk", "cat", "cut", "dmesg", "find", "getent", "grep", "head", "id", "initctl", "ls", "ps", "readlink", "sed"],
  ...["sort", "stat", "systemctl", "tail", "tr", "wc"],
];

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

# pb_path COMMAND: where a program is, also behind a function of ours
pb_path() {
  case $1 in ${TOOLS.join(" | ")}) (unset -f "$1"; command -v "$1") ;; *) command -v "$1" ;; esac
}
# have COMMAND
have() { pb_path "$1" >/dev/null 2>&1; }

# pb_unread WHY: what this step emits is not whole. The frame says why. When it can't be written (the disk is full), the
# signal still tells the main shell, from any subshell.
pb_unread() {
  { printf '\n%s x %s\n' "$pb_nonce" "$1" >&3; kill -USR1 $$; } 2>/dev/null
  return 1
}

# pb_tool NAME, right after it has run: output that is empty because the tool is missing or was killed is no answer, also
# where the caller looks at no exit code. 141 is SIGPIPE: nobody wanted more.
pb_tool() {
  pb_rc=$?
  case $pb_rc in
    126 | 127) pb_unread "$1 can't be run on this host (exit code $pb_rc)" ;;
    141) ;;
    129 | 13[0-9] | 14[0-9] | 15[0-9]) pb_unread "$1 was killed (signal $((pb_rc - 128)))" ;;
  esac
  return "$pb_rc"
}
${TOOLS.map((tool) => `${tool}() { command ${tool} "$@"; pb_tool ${tool}; }`).join("\n")}

# CentOS 5 has no base64.
if have base64; then base64() { command base64 "$@"; pb_tool base64; }
else
  have openssl || { echo "the host has neither base64 nor openssl: one of them is needed" >&2; exit 1; }
  base64() {
    if [ $# -eq 0 ]; then openssl enc -base64; else { fold -w 64; echo; } | openssl enc -base64 -d; fi
    pb_tool openssl
  }
fi

pb_prefix= # of the keys that are emitted
pb_where= # the folder of the file that takes what is emitted

# emit KEY VALUE: any bytes. Printable ASCII goes as it is, the rest as base64: most values cost no process. Each field
# tells its length: of a line that was torn, the rest is not taken for the whole.
emit() {
  case $2 in
    *[!\ -~]*) pb_words=$(printf %s "$2" | base64) || pb_unread "base64 failed" || return 1; pb_encoded "$1" "\${#2}" ;;
    *) printf '%s = %s %s %s\n' "$pb_nonce" "$pb_prefix$1" "\${#2}" "$2" >&3 || pb_unwritten ;;
  esac
}

# emit_stdin KEY
emit_stdin() {
  pb_words=$(base64) || pb_unread "base64 failed" || return 1
  pb_encoded "$1" -
}

# pb_encoded KEY BYTES: emits $pb_words. The lines of base64 become one by being split into words.
pb_encoded() {
  pb_words=$(printf %s $pb_words)
  printf '%s : %s %s:%s %s\n' "$pb_nonce" "$pb_prefix$1" "$2" "\${#pb_words}" "$pb_words" >&3 || pb_unwritten
}

pb_unwritten() { pb_unread "the answer could not be written to $pb_where: is that file system full?"; }

# emit_file KEY PATH: 1, and nothing is emitted, when there is no such file. One that can't be read is not absent.
emit_file() {
  [ -f "$2" ] || return 1
  if pb_roots "$2"; then pb_words=$(base64 <"$2")
  else pb_words=$(pb_read "$2" '' cat && echo .) && pb_words=$(printf %s "\${pb_words%.}" | base64)
  fi || { [ ! -e "$2" ] || pb_unread "$2 could not be read"; return 1; }
  pb_encoded "$1" -
}

# text_of PATH: sets $text to what is in a file; empty, and 1, when there is no such file.
text_of() {
  text=
  [ -f "$1" ] || return 1
  if pb_roots "$1"; then text=$(cat "$1"); else text=$(pb_read "$1" '' cat); fi || { text=; [ ! -e "$1" ] || pb_unread "$1 could not be read"; return 1; }
}

# pb_link PATH: prints where a link leads
pb_link() {
  if have readlink; then readlink "$1"; else pb_ls=$(ls -ld "$1") && echo "\${pb_ls#* -> }"; fi
}

# emit_link KEY PATH: where a link leads; 1, and nothing is emitted, when it is none.
emit_link() {
  [ -L "$2" ] || return 1
  pb_said=$(pb_link "$2") || { [ ! -L "$2" ] || pb_unread "the link $2 could not be read"; return 1; }
  emit "$1" "$pb_said"
}

# emit_stat KEY PATH...: owner, mode and path of those that are there, a line for each
emit_stat() {
  pb_key=$1
  shift
  for pb_path; do
    shift
    if [ -e "$pb_path" ] || [ -L "$pb_path" ]; then set -- "$@" "$pb_path"; fi
  done
  pb_said=
  [ $# -eq 0 ] || pb_said=$(stat -c '%U:%G %a %n' "$@") || pb_unread "stat failed for $*" || return 1
  emit "$pb_key" "$pb_said"
}

${AS_USER}
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
    pb_prefix=$pb_dir/.\${1##*/}.pulumi-bots
    if [ -d "$1" ] && [ ! -L "$1" ]; then echo "put $1: a folder of that name is in the way" >&2; exit 1; fi
    rm -f "$pb_prefix".* # left by a run that was killed
    while :; do
      [ -d "$pb_dir" ] || (umask 022; mkdir -p "$pb_dir") || { echo "put $1: cannot create $pb_dir" >&2; exit 1; }
      ! pb_temporary "$pb_prefix" || break
      # Removing another service takes a folder of ours away while it is empty.
      [ ! -d "$pb_dir" ] || { echo "put $1: cannot create a temporary file in $pb_dir" >&2; exit 1; }
    done
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

# Seconds since boot: nobody sets that clock.
pb_clock() { read -r pb_up pb_idle </proc/uptime; echo "\${pb_up%%.*}"; }

# The seconds that the operation has left: what the user bounds is bounded by nothing else of ours.
pb_left() {
  pb_seconds=$((\${pb_deadline:-$(($(pb_clock) + 300))} - $(pb_clock)))
  [ "$pb_seconds" -ge 1 ] || pb_seconds=1
  echo "$pb_seconds"
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
