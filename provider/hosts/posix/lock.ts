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
  else pb_try() { pb_try_link; }; pb_owner() { readlink "$pb_lock" | sed 's/^[^/]*.//'; }
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

# The holder unlinks before it lets go. Who then gets the lock of a file that has no name any more has nothing.
pb_try_flock() {
  if [ -L "$pb_lock" ]; then echo "$pb_lock is a symbolic link" >&2; exit 1; fi
  exec 9>>"$pb_lock"
  if flock -n 9 2>/dev/null && [ /proc/self/fd/9 -ef "$pb_lock" ]; then
    printf '%s\n' "$pb_holder" >"$pb_lock"
    return 0
  fi
  exec 9>&-
  return 1
}

pb_try_link() {
  read -r pb_boot </proc/sys/kernel/random/boot_id
  ln -s "$$:$pb_me:$pb_boot/$pb_holder" "$pb_lock" 2>/dev/null && return 0
  pb_text=$(readlink "$pb_lock") || return 1
  pb_who=\${pb_text%%/*}
  pb_pid=\${pb_who%%:*}
  [ "$pb_who" = "$pb_pid:$(pb_born "$pb_pid"):$pb_boot" ] && return 1
  # Its owner is gone. Two may see that at once: what was moved away must be what was seen, else it goes back.
  mv "$pb_lock" "$pb_lock.$$" 2>/dev/null || return 1
  if [ "$(readlink "$pb_lock.$$")" = "$pb_text" ]; then rm -f "$pb_lock.$$"; else mv "$pb_lock.$$" "$pb_lock"; fi
  return 1
}
`;
