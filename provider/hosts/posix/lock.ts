import { sh } from "./sh";

/**
 * One operation at a time for a service. The lock is flock's where there is one: it goes with the process that holds it,
 * however that ends. Else it is a link whose text is its owner, taken over when that process is gone.
 */
export const LOCK = sh`
pb_clock() { read -r pb_up pb_idle </proc/uptime; echo "\${pb_up%%.*}"; }

# pb_take NAME SECONDS HOLDER
pb_take() {
  for pb_dir in /run/lock /var/lock /run; do [ -d "$pb_dir" ] && [ -w "$pb_dir" ] && break; done
  pb_lock=$pb_dir/pulumi-bots-$1.lock
  pb_holder="$3, pid $$ on the host, since $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  if have flock
  then pb_try() { pb_try_flock; }; pb_owner() { cat "$pb_lock"; }
  else pb_try() { pb_try_link; }; pb_owner() { pb_text=$(pb_link "$pb_lock") && echo "\${pb_text#*/}"; }
  fi
  pb_until=$(($(pb_clock) + $2))
  until pb_try; do
    if [ "$(pb_clock)" -ge "$pb_until" ] || [ -n "$pb_cancelled" ]; then
      pb_say busy "$(pb_owner 2>/dev/null | base64 | tr -d '\n')"
      return 1
    fi
    sleep 0.2 2>/dev/null || sleep 1
  done
  pb_held=1
  pb_say locked
}

# pb_ours KIND: what is at the lock's path, if anything, is of that kind (ls's letter), of us alone, under one name. Who
# may write in the folder could have laid a link, or a file that is theirs. exits with words if not.
pb_ours() {
  pb_ls=$(ls -ldn "$pb_lock" 2>/dev/null) || return 0
  set -- "$1" $pb_ls
  case $2 in "$1"*) [ "$3" = 1 ] && [ "$4" = "\${pb_uid:-$(id -u)}" ] && return ;; esac
  echo "$pb_lock is not a lock of ours ($pb_ls): find out who made it, and remove it" >&2
  exit 1
}

# The holder unlinks before it lets go. Who then gets the lock of a file that has no name any more has nothing.
pb_try_flock() {
  if [ -e "$pb_lock" ] || [ -L "$pb_lock" ]; then pb_ours -; fi
  exec 9>>"$pb_lock"
  if flock -n 9 2>/dev/null && [ /proc/self/fd/9 -ef "$pb_lock" ]; then
    pb_ours - # it may have been laid there just now
    printf '%s\n' "$pb_holder" >"$pb_lock"
    return 0
  fi
  exec 9>&-
  return 1
}

pb_link() {
  if have readlink; then readlink "$1"; else pb_ls=$(ls -ld "$1") && echo "\${pb_ls#* -> }"; fi
}

pb_try_link() {
  read -r pb_boot </proc/sys/kernel/random/boot_id
  pb_mine=$$:$pb_me:$pb_boot/$pb_holder
  pb_ours l # ln would make its link in a folder
  ln -s "$pb_mine" "$pb_lock" 2>/dev/null
  pb_text=$(pb_link "$pb_lock") || return 1
  [ "$pb_text" = "$pb_mine" ] && return 0
  pb_who=\${pb_text%%/*}
  pb_pid=\${pb_who%%:*}
  [ "$pb_who" = "$pb_pid:$(pb_born "$pb_pid"):$pb_boot" ] && return 1
  # Its owner is gone. Two may see that at once: what was moved away must be what was seen, else it goes back.
  mv "$pb_lock" "$pb_lock.$$" 2>/dev/null || return 1
  if [ "$(pb_link "$pb_lock.$$")" = "$pb_text" ]; then rm -f "$pb_lock.$$"; else mv "$pb_lock.$$" "$pb_lock"; fi
  return 1
}
`;
