# shellcheck shell=sh disable=SC2086
# Stops the program as `stop` says: which processes get which signal, how long it waits, and which processes it kills. Upstart
# itself signals the process group, kills it if the main process remains, and uses the settings of the start, so this code
# reads the current settings from the file. Upstart ends the remaining processes afterwards. It runs as the job's user
# (init(5), `setuid`). A line `mode=…` precedes this code.

conf=/etc/init/$UPSTART_JOB.conf
mode=$(sed -n 's/^ *mode=\([a-z]*\)$/\1/p' "$conf")
signal=$(sed -n 's/^kill signal SIG//p' "$conf")
seconds=$(sed -n 's/^kill timeout //p' "$conf")
main=$(/sbin/initctl status "$UPSTART_JOB" 2>/dev/null | sed -n 's/^.* stop\/pre-stop, process \([0-9]*\)$/\1/p')
[ -n "$main" ] || exit 0
whom=$main
if [ "$mode" = group ]; then whom=-$main; fi
kill "-${signal:-TERM}" "$whom" || exit 0
left=$((${seconds:-5} * 5))
while [ $left -gt 0 ] && kill -0 "$whom" 2>/dev/null; do
  sleep 0.2
  left=$((left - 1))
done
if [ "$mode" != process ]; then whom=-$main; fi
kill -KILL "$whom" 2>/dev/null || true
