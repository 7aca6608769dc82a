# shellcheck shell=sh
# Replaces files as a whole.

# pb_sync [PATH]: old versions of sync(1) accept no file and flush everything.
pb_sync() { ! have sync || sync "$@" 2>/dev/null || sync; }

# pb_temporary PREFIX: creates an empty file that only we can read, and sets $pb_temp to its path. Not every host has mktemp. Nobody
# can guess the name, and an existing file is not opened.
pb_temporary() {
  read -r pb_temp </proc/sys/kernel/random/uuid
  pb_temp=$1.$pb_temp
  (set -C; : >"$pb_temp")
}

# put PATH OWNER GROUP MODE BASE64: replaces the file as a whole or not at all. A link at PATH is replaced, not followed.
put() {
  (
    trap '' TERM # a cancelled put is finished: it takes milliseconds
    pb_dir=${1%/*}; pb_dir=${pb_dir:-/}
    pb_prefix=$pb_dir/.${1##*/}.pulumi-bots
    if [ -d "$1" ] && [ ! -L "$1" ]; then echo "put $1: a folder of that name exists" >&2; exit 1; fi
    for pb_stray in "$pb_prefix".*; do # left by a run that was killed
      if [ -e "$pb_stray" ] || [ -L "$pb_stray" ]; then rm -f "$pb_stray"; fi
    done
    while :; do
      [ -d "$pb_dir" ] || (umask 022; mkdir -p "$pb_dir") || { echo "put $1: cannot create $pb_dir" >&2; exit 1; }
      ! pb_temporary "$pb_prefix" || break
      # Removing another service deletes our directory while it is empty.
      [ ! -d "$pb_dir" ] || { echo "put $1: cannot create a temporary file in $pb_dir" >&2; exit 1; }
    done
    if printf %s "$5" | base64 -d >"$pb_temp" && chown "$2:$3" "$pb_temp" && chmod "$4" "$pb_temp" && pb_sync "$pb_temp" &&
      pb_rename "$pb_temp" "$1"
    then pb_sync "$pb_dir"
    else
      rm -f "$pb_temp"
      echo "put $1: failed, the file was not changed" >&2
      exit 1
    fi
  )
}

# pb_rename FROM TO: mv would move the file into a directory that a link points to.
pb_rename() {
  if [ -L "$2" ] && [ -d "$2" ]; then rm -f "$2" || return; fi
  mv -f "$1" "$2"
}

# write_files COUNT {PATH OWNER GROUP MODE BASE64}... [PATH...]: writes COUNT files in order, then removes the files that the
# definition no longer has.
write_files() {
  count=$1
  shift
  while [ "$count" -gt 0 ]; do
    put "$1" "$2" "$3" "$4" "$5" || return
    shift 5
    count=$((count - 1))
  done
  for path; do rm -f "$path" || return; done
}
