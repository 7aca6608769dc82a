# shellcheck shell=sh
# The processes of a host, as evidence for the process of a service.

# emit_processes: emits all processes of the host once for all names, with one command for each kind of fact instead of one for
# each process. Pid files are read before, so a process that starts in between is seen twice rather than missed.
emit_processes() {
  cat /proc/[0-9]*/stat 2>/dev/null | emit_stdin processes.stat
  head -c 4096 /dev/null /proc/[0-9]*/cmdline 2>/dev/null | emit_stdin processes.argv
  # shellcheck disable=SC2012 # numbers
  ls -ld /proc/[0-9]*/exe /proc/[0-9]*/root /proc/[0-9]*/cwd /proc/[0-9]*/ns/pid /proc/self/ns/pid 2>/dev/null | emit_stdin processes.links
  stat -Lc '%d:%i %n' /proc/[0-9]*/exe 2>/dev/null | emit_stdin processes.inodes
  grep '^Uid:' /dev/null /proc/[0-9]*/status 2>/dev/null | emit_stdin processes.users
  [ ! -d /run/systemd/system ] || grep -e '^0::' -e ':name=systemd:' /dev/null /proc/[0-9]*/cgroup 2>/dev/null | emit_stdin processes.groups
  while read -r pb_word pb_rest; do
    [ "$pb_word" != btime ] || emit processes.boot "$pb_rest"
  done </proc/stat
}
