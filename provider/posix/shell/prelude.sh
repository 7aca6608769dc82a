# shellcheck shell=sh
# The beginning of every session, before anything is known about the host. POSIX sh: it runs in dash, bash and BusyBox.
#
# Names that begin with pb_ are our own machinery. A nonce ($pb_nonce) begins every line that we print, so that nothing else
# is taken for it. In the other files of this folder are functions and nothing else: a session is sent those that it calls.

LC_ALL=C; export LC_ALL
unset POSIXLY_CORRECT GREP_OPTIONS SYSTEMD_LOG_LEVEL SYSTEMD_COLORS # of a login, they change what programs take and say
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}; export PATH
umask 077
set -u
cd / || exit

# The tools that our scripts read with. Each is behind a function that reports a tool which is missing or was killed. Not
# among them: `timeout`, whose exit code is that of what it runs, and names that are none for a function.
pb_wrapped=" awk cat cut dmesg find getent grep head id initctl ls ps readlink sed sort stat systemctl tail tr wc "
for pb_name in $pb_wrapped; do
  eval "$pb_name() { command $pb_name \"\$@\"; pb_tool $pb_name; }"
done

# CentOS 5 has no base64.
pb_base64=base64
(unset -f base64; have base64) || {
  pb_base64=openssl
  have openssl || { echo "the host has neither base64 nor openssl: one of them is needed" >&2; exit 1; }
}

pb_where= # the folder of the file that takes what is emitted
