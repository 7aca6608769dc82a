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

pb_prefix= # of the keys that are emitted

# emit KEY VALUE: any bytes. Printable ASCII goes as it is, the rest as base64: most values cost no process.
emit() {
  case $2 in
    *[!\ -~]*) printf %s "$2" | emit_stdin "$1" ;;
    *) printf '%s = %s %s\n' "$pb_nonce" "$pb_prefix$1" "$2" >&3 ;;
  esac
}

# emit_stdin KEY
emit_stdin() {
  { printf '%s : %s ' "$pb_nonce" "$pb_prefix$1"; base64 | tr -d '\n'; echo; } >&3
}

# emit_file KEY PATH: fails, and says nothing, when there is no such file to be read.
emit_file() {
  [ -f "$2" ] && [ -r "$2" ] || return 1
  emit_stdin "$1" <"$2"
}

pb_sync() { sync "$1" 2>/dev/null || sync; }

# put PATH OWNER GROUP MODE BASE64: the file is there whole, or as it was before. A link at PATH is replaced, not followed.
put() {
  (
    trap '' TERM # a cancelled put is finished: it takes milliseconds
    pb_dir=\${1%/*}; pb_dir=\${pb_dir:-/}
    pb_temp=$pb_dir/.\${1##*/}.pulumi-bots
    if [ -d "$1" ] && [ ! -L "$1" ]; then echo "put $1: a folder of that name is in the way" >&2; exit 1; fi
    [ -d "$pb_dir" ] || (umask 022; mkdir -p "$pb_dir") || { echo "put $1: cannot create $pb_dir" >&2; exit 1; }
    rm -f "$pb_temp".* # left by a run that was killed
    pb_temp=$(mktemp "$pb_temp.XXXXXX") || { echo "put $1: cannot create a temporary file in $pb_dir" >&2; exit 1; }
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
`;
