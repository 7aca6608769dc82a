# shellcheck shell=sh
# The lock of a service: one operation at a time. It is flock(1)'s where that exists, so it ends with the process that holds
# it, however that process ends. Otherwise it is a symbolic link whose text names its owner; it is taken over when that
# process is gone.
#
# The lock is in a folder that only root can write in, so no other user can create, hold or remove it. Earlier versions had
# it in /run/lock, where every user may write. The lock there is taken as well, unless another user created what is there:
# no version takes that for a lock.

# pb_operate NAME SECONDS HOLDER: begins an operation on that service, or ends the session when another operation holds the
# lock. Does nothing for a user other than root: a later step reports that.
pb_operate() {
  [ "$pb_uid" = 0 ] || return 0
  pb_take "$@" || exit 0
  pb_watch
}

# pb_take NAME SECONDS HOLDER: takes the lock. Fails after that many seconds, and emits the holder.
pb_take() {
  for pb_run in /run /var/run; do [ -d "$pb_run" ] && [ -w "$pb_run" ] && break; done
  pb_lock=$pb_run/pulumi-bots/.lock/$1.lock
  for pb_dir in /run/lock /var/lock /run; do [ -d "$pb_dir" ] && [ -w "$pb_dir" ] && break; done
  pb_former=$pb_dir/pulumi-bots-$1.lock
  pb_former_held=
  pb_holder="$3, pid $$ on the host, since $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  pb_locks=links
  ! have flock || pb_locks=flock
  # The folder above also holds the records of the init scripts, which everybody may read.
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

# pb_try: takes the lock if it is free.
pb_try() {
  if [ "$pb_locks" = flock ]; then pb_try_flock; else pb_try_links; fi
}

# pb_owner PATH: prints the holder of that lock.
pb_owner() {
  if [ "$pb_locks" = flock ]; then cat "$1"; else pb_text=$(pb_link "$1") && echo "${pb_text#*/}"; fi
}

# pb_unlock [again]: the holder removes the file before it releases the lock. `again`: the holder was killed, so another
# process may hold the lock by now. The folder stays, because another operation may be about to create a lock in it.
pb_unlock() {
  [ $# -eq 0 ] || pb_try || return
  [ -z "$pb_former_held" ] || rm -f "$pb_former"
  rm -f "$pb_lock"
}

# pb_is KIND PATH: is it of that kind (the first letter of ls -l), does it belong to our user, and is this its only hard
# link?
pb_is() {
  pb_ls=$(ls -ldn "$2" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # words
  set -- "$1" $pb_ls
  case $2 in "$1"*) [ "$4" = "${pb_uid:-$(id -u)}" ] && { [ "$1" = d ] || [ "$3" = 1 ]; } ;; *) return 1 ;; esac
}

# pb_refuse PATH WHAT: reports it and ends the session.
pb_refuse() {
  echo "$1 is not $2 of the provider's ($(ls -ldn "$1" 2>&1)): find out who created it, and remove it" >&2
  exit 1
}

# pb_folder PATH MODE: creates a folder, or checks that the existing one belongs to our user.
pb_folder() {
  mkdir "$1" 2>/dev/null
  pb_is d "$1" || pb_refuse "$1" "a folder"
  chmod "$2" "$1" || exit 1
}

# pb_try_flock: a process that locks an unlinked file holds nothing, so it tries again later.
pb_try_flock() {
  if [ -e "$pb_lock" ] || [ -L "$pb_lock" ]; then
    pb_is - "$pb_lock" || { [ ! -e "$pb_lock" ] && [ ! -L "$pb_lock" ] || pb_refuse "$pb_lock" "a lock"; }
  fi
  # A failing redirection of exec would end the shell without a message.
  (: >>"$pb_lock") 2>/dev/null || { echo "$pb_lock cannot be written: is $pb_run full?" >&2; exit 1; }
  exec 9>>"$pb_lock"
  if flock -n 9 2>/dev/null && [ /proc/self/fd/9 -ef "$pb_lock" ]; then
    if pb_former_flock; then printf '%s\n' "$pb_holder" >"$pb_lock"; return 0; fi
    rm -f "$pb_lock"
  fi
  exec 9>&-
  return 1
}

# pb_former_flock: takes the lock of earlier versions. In a folder with the sticky bit, no other user can replace a file of
# ours. `set -C` creates a file and follows no link.
pb_former_flock() {
  pb_torn=
  [ -e "$pb_former" ] || [ -L "$pb_former" ] || (set -C; : >"$pb_former") 2>/dev/null
  pb_is - "$pb_former" || {
    # Succeeds if another user created it, because then it was never a lock, or if it can't be created at all. Fails if its
    # owner has just removed it.
    [ -z "$pb_torn" ] && { [ -e "$pb_former" ] || [ -L "$pb_former" ] || ! (set -C; : >"$pb_former") 2>/dev/null; }
    return
  }
  (: <"$pb_former") 2>/dev/null || return 1
  exec 7<"$pb_former"
  if flock -n 7 2>/dev/null && [ /proc/self/fd/7 -ef "$pb_former" ]; then pb_former_held=1; return 0; fi
  exec 7<&-
  return 1
}

# pb_try_links: the same on hosts without flock(1).
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

# pb_try_link PATH: takes the lock if nothing is there, or a link whose owner is gone.
pb_try_link() {
  read -r pb_boot </proc/sys/kernel/random/boot_id
  pb_mine=$$:$pb_me:$pb_boot/$pb_holder
  ln -s "$pb_mine" "$1" 2>/dev/null
  pb_text=$(pb_link "$1") || return 1
  [ "$pb_text" = "$pb_mine" ] && return 0
  pb_who=${pb_text%%/*}
  pb_pid=${pb_who%%:*}
  ! pb_start_time "$pb_pid" || [ "$pb_who" != "$pb_pid:$pb_start_time:$pb_boot" ] || return 1
  # Its owner is gone. Two processes may see that at the same time, so the link that was moved away must be the one that was
  # read; otherwise it is moved back.
  mv "$1" "$1.$$" 2>/dev/null || return 1
  if [ "$(pb_link "$1.$$")" = "$pb_text" ]; then rm -f "$1.$$"; else mv "$1.$$" "$1"; fi
  return 1
}

# pb_alone SECONDS: lets only one session on the host continue, whatever its service. For tools that rewrite files about all
# services in place. Waits at most that long. The step holds this lock until it ends or closes descriptor 8.
pb_alone() {
  { [ -d /etc/init.d ] && have flock; } || return 0
  exec 8</etc/init.d
  # BusyBox's flock(1) has no time limit.
  pb_wait_while "$1" pb_not_alone
}
# pb_not_alone: somebody else has descriptor 8 locked.
pb_not_alone() { ! flock -n 8 2>/dev/null; }
