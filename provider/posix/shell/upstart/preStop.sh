# shellcheck shell=sh disable=SC2086
# Ends the program as `stop` says: whom it asks, with which signal, how long, and whom it kills then. Upstart itself asks the
# process group, kills it when its main process is still there, and keeps to the settings of the start; so these are read
# from the file as it is now. What is still there when this has ended, upstart ends in its own way. It runs as the job's own
# user (init(5), `setuid`), below a line `mode=…`.

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
