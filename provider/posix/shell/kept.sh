# shellcheck shell=sh
# Copies of a service's files: of our own until a change has settled, of other people's for good. Each copy is a folder with
# a list `paths`, a tree `files`, and `manager`, the manager that the files belong to.

# keep_files COPY MANAGER PATH...: copies the files with all attributes, and records which of them were missing. A copy that
# exists already stays: it is from an earlier run that was killed before its change had settled, and the older state is the
# right one.
keep_files() {
  copy=$1 manager=$2
  shift 2
  [ -d "$copy" ] && return 0
  rm -rf "$copy.new" || return 1
  # Removing the copies of another service also removes the folder above while it is empty.
  mkdir -p "$copy.new/files" 2>/dev/null || mkdir -p "$copy.new/files" || return 1
  chmod 700 "$copy.new" || return 1
  # If the disk is full, the shell's own printf would only report "I/O error".
  printf '%s\n' "$@" | cat >"$copy.new/paths" || return 1
  echo "$manager" | cat >"$copy.new/manager" || return 1
  for path; do
    { [ -e "$path" ] || [ -L "$path" ]; } || continue
    mkdir -p "$copy.new/files${path%/*}" && cp -a "$path" "$copy.new/files$path" || return 1
  done
  pb_sync
  mv "$copy.new" "$copy"
}

# restore_files COPY: puts the files back, and removes those that were missing then. If there is no copy, nothing was
# written.
restore_files() {
  copy=$1
  [ -d "$copy" ] || return 0
  while IFS= read -r path; do
    kept="$copy/files$path"
    parent=${path%/*}
    # The folder was removed with the last file in it.
    [ ! -e "$kept" ] || [ -d "$parent" ] || (umask 022; mkdir -p "$parent") || return 1
    if [ -d "$kept" ] && [ ! -L "$kept" ]; then
      rm -rf "$path" && cp -a "$kept" "$path" || return 1
    elif [ -e "$kept" ] || [ -L "$kept" ]; then
      new="$parent/.${path##*/}.pulumi-bots.former"
      rm -f "$new"
      cp -a "$kept" "$new" && mv -f "$new" "$path" || { rm -f "$new"; return 1; }
    else
      rm -rf "$path" || return 1
    fi
  done <"$copy/paths"
  pb_sync
}

# tell_former COPY: emits `former`, the manager of the files, if the copy exists.
tell_former() {
  [ -d "$1" ] || return 0
  former=
  { read -r former <"$1/manager"; } 2>/dev/null
  emit former "$former"
}

# tell_obstacles PATH...: emits `obstacles`, `PATH<tab>WHAT` for each path that exists and is not a readable file.
tell_obstacles() {
  found=
  for path; do
    what=
    if [ -d "$path" ]; then what="a folder"
    elif [ -f "$path" ]; then [ -r "$path" ] || what="a file that can't be read"
    elif [ -e "$path" ]; then what="no regular file"
    elif [ -L "$path" ]; then what="a link to a file that does not exist"
    fi
    [ -z "$what" ] || found="$found$path	$what
"
  done
  [ -z "$found" ] || emit obstacles "$found"
}

# drop_kept FOLDER COPY...: removes these copies, those that were not finished, and folders that are empty then.
drop_kept() {
  folder=$1
  shift
  for copy; do rm -rf "${folder:?}/$copy" || return 1; done
  rm -rf "$folder"/*.new || return 1
  rmdir "$folder" /var/lib/pulumi-bots 2>/dev/null
  return 0
}

# tell_kept FOLDER: emits `kept`, the folder, if it holds files of other people: from before an adoption, or moved away.
tell_kept() {
  for kept in "$1"/original-* "$1"/moved-*; do
    [ ! -d "$kept" ] || emit kept "$1"
  done
}

# release_file FILE: removes our comment lines from the head of the file. Everything else stays: owner, mode, and changes
# made by hand. Similar text further down is somebody's value.
release_file() {
  file=$1
  [ ! -L "$file" ] || file=$(readlink -f "$file")
  [ -f "$file" ] || return 0
  pb_temporary "${file%/*}/.${file##*/}.pulumi-bots" || return
  if cp -p "$file" "$pb_temp" && sed -e '1,/^[^#]/{' -e '/^# pulumi-bots: /d' -e '/^# Managed by Pulumi (/d' \
    -e '/^# pulumi-bots-machinery: /d' -e '}' "$file" >"$pb_temp" && [ -s "$pb_temp" ] && pb_sync "$pb_temp" && mv -f "$pb_temp" "$file"
  then pb_sync "${file%/*}"
  else
    rm -f "$pb_temp"
    echo "release $file: failed, the file was not changed" >&2
    return 1
  fi
}
