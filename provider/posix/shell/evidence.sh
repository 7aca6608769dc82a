# shellcheck shell=sh
# The processes of a host, for a judgement which one a service is.

# emit_processes: emits all processes of the host, for all names of a reading at once, with a process for each kind of fact and
# not for each process: an argument says no lie here that it could not say of itself. Pid files are read before it: what
# starts in between is seen twice and not overlooked.
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
