# shellcheck shell=sh
# Checks that the host has everything that a definition names. Service managers check that only at the start, when the old
# process has already stopped.

# miss PROPERTY MESSAGE
miss() {
  missing="${missing-}$1	$2
"
}

# tell_missing: emits `missing`: a line `PROPERTY<tab>MESSAGE` for each missing thing.
tell_missing() { emit missing "${missing-}"; }

# need_user NAME
need_user() { id -u "$1" >/dev/null 2>&1 || miss runAs.user "there is no user \"$1\""; }

# need_group NAME: by name or number.
need_group() {
  { getent group "$1" || cut -d: -f1,3 /etc/group | tr : '\n' | grep -Fxq -- "$1"; } >/dev/null 2>&1 ||
    miss runAs.group "there is no group \"$1\""
}

# need_folder PATH
need_folder() { [ -d "$1" ] || miss workingDirectory "there is no folder $1"; }

# need_program PATH
need_program() {
  if [ ! -e "$1" ]; then miss 'command[0]' "there is no program $1"
  elif [ -d "$1" ] || [ ! -x "$1" ]; then miss 'command[0]' "$1 is not executable"
  fi
}

# need_log PROPERTY FILE USER WHY: checks the place of a log that USER opens. WHY explains why root opens it.
need_log() {
  folder=${2%/*}
  if [ ! -d "${folder:-/}" ]; then miss "$1" "there is no folder ${folder:-/}"; return; fi
  said=$(pb_shared "$2" "$3" "$4")
  [ -z "$said" ] || miss "$1" "$said"
}
