# shellcheck shell=sh
# One operation at a time for a service. The lock is flock's where there is one: it goes with the process that holds it,
# however that ends. Otherwise it is a link whose text is its owner, taken over when that process has gone.
#
# It lies in a folder of root's, in which nobody else can lay, hold or remove anything. Versions before this one had it in
# /run/lock, where every user may write: it is taken there, too, unless what lies there is somebody else's, which no version
# would have taken for a lock.

# pb_operate NAME SECONDS HOLDER: begins an operation on that service, or ends the session when somebody else has the lock. As
# another user than root it does nothing: that is an error, but not this one.
pb_operate() {
  [ "$pb_uid" = 0 ] || return 0
  pb_take "$@" || exit 0
  pb_watch
}

# pb_take NAME SECONDS HOLDER: takes the lock, or says after so many seconds whose it is, and fails.
pb_take() {
  for pb_run in /run /var/run; do [ -d "$pb_run" ] && [ -w "$pb_run" ] && break; done
  pb_lock=$pb_run/pulumi-bots/.lock/$1.lock
  for pb_dir in /run/lock /var/lock /run; do [ -d "$pb_dir" ] && [ -w "$pb_dir" ] && break; done
  pb_former=$pb_dir/pulumi-bots-$1.lock
  pb_former_held=
  pb_holder="$3, pid $$ on the host, since $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  pb_locks=links
  ! have flock || pb_locks=flock
  # The folder above also has the init scripts' records, which everybody may read.
  pb_folder "$pb_run/pulumi-bots" 755
  pb_folder "$pb_run/pulumi-bots/.lock" 700
  pb_clock
  pb_until=$((pb_clock + $2))
  until pb_try; do
    pb_clock
    if [ "$pb_clock" -ge "$pb_until" ] || [ -n "$pb_cancelled" ]; then
      pb_say busy "$({ pb_owner "$pb_lock"; pb_owner "$pb_former"; } 2>/dev/null | head -n 1 | base64 | tr -d '\n')"
      return 1
    fi
    pb_pause
  done
  pb_held=pb_unlock
  pb_say locked
}

# pb_try: takes the lock, if nobody has it.
pb_try() {
  if [ "$pb_locks" = flock ]; then pb_try_flock; else pb_try_links; fi
}

# pb_owner PATH: prints whose lock that is.
pb_owner() {
  if [ "$pb_locks" = flock ]; then cat "$1"; else pb_text=$(pb_link "$1") && echo "${pb_text#*/}"; fi
}

# pb_unlock [again]: the holder unlinks before it lets go; `again` when that holder has been ended, and it may be another's by
# now. The folder stays: somebody may be about to lay a lock in it.
pb_unlock() {
  [ $# -eq 0 ] || pb_try || return
  [ -z "$pb_former_held" ] || rm -f "$pb_former"
  rm -f "$pb_lock"
}

# pb_is KIND PATH: what is there is of that kind (the first letter of ls), of our user, and under no other name.
pb_is() {
  pb_ls=$(ls -ldn "$2" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # words
  set -- "$1" $pb_ls
  case $2 in "$1"*) [ "$4" = "${pb_uid:-$(id -u)}" ] && { [ "$1" = d ] || [ "$3" = 1 ]; } ;; *) return 1 ;; esac
}

# pb_refuse PATH WHAT: ends the session.
pb_refuse() {
  echo "$1 is not $2 of the provider's ($(ls -ldn "$1" 2>&1)): find out who created it, and remove it" >&2
  exit 1
}

# pb_folder PATH MODE: makes a folder of ours, or looks whether what is there is one.
pb_folder() {
  mkdir "$1" 2>/dev/null
  pb_is d "$1" || pb_refuse "$1" "a folder"
  chmod "$2" "$1" || exit 1
}

# pb_try_flock: a process that locks an unlinked file holds nothing, so it tries again.
pb_try_flock() {
  if [ -e "$pb_lock" ] || [ -L "$pb_lock" ]; then
    pb_is - "$pb_lock" || { [ ! -e "$pb_lock" ] && [ ! -L "$pb_lock" ] || pb_refuse "$pb_lock" "a lock"; }
  fi
  # An exec that fails would end the shell without a word.
  (: >>"$pb_lock") 2>/dev/null || { echo "$pb_lock cannot be written: is $pb_run full?" >&2; exit 1; }
  exec 9>>"$pb_lock"
  if flock -n 9 2>/dev/null && [ /proc/self/fd/9 -ef "$pb_lock" ]; then
    if pb_former_flock; then printf '%s\n' "$pb_holder" >"$pb_lock"; return 0; fi
    rm -f "$pb_lock"
  fi
  exec 9>&-
  return 1
}

# pb_former_flock: a file of ours in a folder with the sticky bit is replaced by nobody else. set -C creates one, and follows no link.
pb_former_flock() {
  pb_torn=
  [ -e "$pb_former" ] || [ -L "$pb_former" ] || (set -C; : >"$pb_former") 2>/dev/null
  pb_is - "$pb_former" || {
    # Not ours: it was never a lock. Gone: its owner has just removed it. Or it can't be made at all.
    [ -z "$pb_torn" ] && { [ -e "$pb_former" ] || [ -L "$pb_former" ] || ! (set -C; : >"$pb_former") 2>/dev/null; }
    return
  }
  (: <"$pb_former") 2>/dev/null || return 1
  exec 7<"$pb_former"
  if flock -n 7 2>/dev/null && [ /proc/self/fd/7 -ef "$pb_former" ]; then pb_former_held=1; return 0; fi
  exec 7<&-
  return 1
}

# pb_try_links: the same where there is no flock(1).
pb_try_links() {
  if [ -e "$pb_lock" ] || [ -L "$pb_lock" ]; then
    pb_is l "$pb_lock" || { [ ! -e "$pb_lock" ] && [ ! -L "$pb_lock" ] || pb_refuse "$pb_lock" "a lock"; }
  fi
  pb_try_link "$pb_lock" || return 1
  if [ -e "$pb_former" ] || [ -L "$pb_former" ]; then pb_is l "$pb_former" || return 0; fi
  if pb_try_link "$pb_former"; then pb_former_held=1; return 0; fi
  rm -f "$pb_lock"
  return 1
}

# pb_try_link PATH: where nothing is, or a link of ours.
pb_try_link() {
  read -r pb_boot </proc/sys/kernel/random/boot_id
  pb_mine=$$:$pb_me:$pb_boot/$pb_holder
  ln -s "$pb_mine" "$1" 2>/dev/null
  pb_text=$(pb_link "$1") || return 1
  [ "$pb_text" = "$pb_mine" ] && return 0
  pb_who=${pb_text%%/*}
  pb_pid=${pb_who%%:*}
  ! pb_start_time "$pb_pid" || [ "$pb_who" != "$pb_pid:$pb_start_time:$pb_boot" ] || return 1
  # Its owner has gone. Two may see that at once: what was moved away must be what was seen, else it goes back.
  mv "$1" "$1.$$" 2>/dev/null || return 1
  if [ "$(pb_link "$1.$$")" = "$pb_text" ]; then rm -f "$1.$$"; else mv "$1.$$" "$1"; fi
  return 1
}

# pb_alone SECONDS: lets one of our sessions on the host continue, whatever its service, for tools that write files about all
# services in place. Waits that long at most. The step holds the lock until it ends or closes descriptor 8.
pb_alone() {
  { [ -d /etc/init.d ] && have flock; } || return 0
  exec 8</etc/init.d
  # BusyBox's flock(1) has no time limit.
  pb_wait_while "$1" pb_not_alone
}
pb_not_alone() { ! flock -n 8 2>/dev/null; }
