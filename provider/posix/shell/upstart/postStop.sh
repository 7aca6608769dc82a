# shellcheck shell=sh disable=SC2086,SC2194
# Waits before a restart: upstart starts a program again at once, but only when `post-stop` has ended. Of a job that is to stop
# nothing is waited for. When upstart can't be asked, the wait does no harm. It runs below a line `delay=…`.

while [ $delay -gt 0 ]; do
  case $(/sbin/initctl status "$UPSTART_JOB" 2>/dev/null) in *" stop/"*) break ;; esac
  sleep 1
  delay=$((delay - 1))
done
